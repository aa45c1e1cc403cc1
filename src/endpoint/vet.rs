//! Which URLs a picture may be fetched from, judged by their words alone: nothing is resolved here.

use url::{Host, Url};

use super::host::{Reach, reach};
use crate::domain::{Failure, FailureKind};

/// Refuses what no picture's URL should be. Names are not resolved.
pub(super) fn vet(url: &Url, base: Reach) -> Result<(), Failure> {
    let refuse = |what: &str| Err(Failure::new(FailureKind::Download, what));
    if !matches!(url.scheme(), "http" | "https") {
        return refuse(&format!(
            "the answer names a picture by a {}: URL, which is not fetched",
            url.scheme()
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("the picture's URL holds a user name, so it is not fetched");
    }
    match reach(url) {
        Reach::Public => Ok(()),
        Reach::Loopback if base == Reach::Loopback => Ok(()),
        Reach::Private if base == Reach::Private => Ok(()),
        Reach::Loopback => refuse("the picture's URL points at this machine, so it is not fetched"),
        Reach::Private => refuse(&format!(
            "{} is in a private network, so it is not fetched",
            named(url)
        )),
        Reach::LinkLocal => refuse(&format!(
            "{} is a link-local address, so it is not fetched",
            named(url)
        )),
    }
}

/// The https form of a plain http URL whose host is a name on the default port.
pub(super) fn upgraded(url: &Url) -> Option<Url> {
    let by_name = matches!(url.host(), Some(Host::Domain(_))) && reach(url) == Reach::Public;
    if url.scheme() != "http" || !by_name || url.port().is_some() {
        return None;
    }
    let mut secure = url.clone();
    secure.set_scheme("https").ok()?;
    Some(secure)
}

/// How a picture's host is called in messages.
pub(super) fn named(url: &Url) -> String {
    format!("the picture's host {}", url.host_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_base_may_name_is_fetched() {
        use Reach::{Loopback, Private, Public};
        for (url, base, ok) in [
            ("https://img.test/a.png?sig=1", Public, true),
            ("http://img.test:8080/a.png", Public, true),
            ("http://127.0.0.1/a.png", Public, false),
            ("http://localhost/a.png", Loopback, true),
            ("http://10.1.2.3/a.png", Public, false),
            ("http://10.1.2.3/a.png", Loopback, false),
            ("http://10.1.2.3/a.png", Private, true),
            ("http://169.254.169.254/latest", Loopback, false),
            ("https://user@img.test/a.png", Public, false),
            ("file:///etc/passwd", Loopback, false),
            ("ftp://img.test/a.png", Public, false),
        ] {
            let verdict = vet(&Url::parse(url).unwrap(), base);
            assert_eq!(verdict.is_ok(), ok, "{url} from {base:?}");
        }
    }

    #[test]
    fn plain_http_is_tried_as_https_for_names_only() {
        for (url, secure) in [
            ("http://img.test/a?b", Some("https://img.test/a?b")),
            ("http://img.test:8080/a", None),
            ("http://1.2.3.4/a", None),
            ("http://localhost/a", None),
            ("https://img.test/a", None),
        ] {
            let upgraded = upgraded(&Url::parse(url).unwrap());
            assert_eq!(upgraded.as_ref().map(Url::as_str), secure, "{url}");
        }
    }
}
