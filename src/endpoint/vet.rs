//! Which URLs and addresses a picture may be fetched from. Decides by words and numbers alone: nothing is resolved here.

use std::net::IpAddr;

use url::{Host, Url};

use super::host::{Reach, reach, reach_of_ip};
use super::words;
use crate::domain::{Failure, FailureKind};

/// Refuses what no picture's URL should be, for an endpoint at `base`. A name passes: see [`vet_address`].
pub(super) fn vet(url: &Url, base: Reach) -> Result<(), Failure> {
    if !matches!(url.scheme(), "http" | "https") {
        return refuse(&format!(
            "the answer names a picture by a {}: URL",
            url.scheme()
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("the picture's URL holds a user name");
    }
    let at = reach(url);
    match place(at) {
        None => Ok(()),
        Some(_) if is_neighbour(at) && at == base => Ok(()),
        Some(place) => refuse(&format!("{} is {place}", named(url))),
    }
}

/// Refuses an address that a picture's host name leads to, for an endpoint at `base`.
pub(super) fn vet_address(host: &str, ip: IpAddr, base: Reach) -> Result<(), Failure> {
    let at = reach_of_ip(ip);
    match place(at) {
        None => Ok(()),
        Some(_) if is_neighbour(at) && at == base => Ok(()),
        // Nothing but the proxy itself lives there; refusing it would refuse every picture of such a machine.
        Some(_) if at == Reach::StandIn => Ok(()),
        Some(place) => refuse(&format!(
            "the picture's host {host} leads to {ip}, which is {place}"
        )),
    }
}

/// Whether a host there is fetched from if the endpoint is there too.
pub(super) fn is_neighbour(at: Reach) -> bool {
    matches!(at, Reach::Loopback | Reach::Private)
}

fn refuse(what: &str) -> Result<(), Failure> {
    let message = format!("{what}, so it is not fetched");
    Err(Failure::new(FailureKind::Download, message).hint(words::URL_IS_KEPT))
}

/// What is wrong with a place, in words; nothing with a public one.
fn place(at: Reach) -> Option<&'static str> {
    Some(match at {
        Reach::Public => return None,
        Reach::Loopback => "this machine",
        Reach::Private => "in a private network",
        Reach::LinkLocal => "a link-local or cloud-internal address",
        Reach::Reserved | Reach::StandIn => "a reserved address",
    })
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

/// How a picture's host is called in messages. Nothing else of a URL is told: its query may be a signature.
pub(super) fn named(url: &Url) -> String {
    format!("the picture's host {}", url.host_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use Reach::{Loopback, Private, Public};

    #[test]
    fn only_what_the_base_may_name_is_fetched() {
        for (url, base, ok) in [
            ("https://img.test/a.png?sig=1", Public, true),
            ("http://img.test:8080/a.png", Public, true),
            ("http://127.0.0.1/a.png", Public, false),
            ("http://127.0.0.1/a.png", Private, false),
            ("http://localhost/a.png", Loopback, true),
            ("http://10.1.2.3/a.png", Public, false),
            ("http://10.1.2.3/a.png", Loopback, false),
            ("http://10.1.2.3/a.png", Private, true),
            ("http://[64:ff9b::10.1.2.3]/a.png", Private, true),
            ("http://169.254.169.254/latest", Loopback, false),
            ("http://169.254.169.254/latest", Reach::LinkLocal, false),
            ("http://198.18.0.1/a.png", Reach::StandIn, false),
            ("http://240.0.0.1/a.png", Reach::Reserved, false),
            ("https://user@img.test/a.png", Public, false),
            ("file:///etc/passwd", Loopback, false),
            ("ftp://img.test/a.png", Public, false),
        ] {
            let verdict = vet(&Url::parse(url).unwrap(), base);
            assert_eq!(verdict.is_ok(), ok, "{url} from {base:?}");
        }
    }

    #[test]
    fn names_may_lead_where_the_base_is() {
        for (ip, base, words) in [
            ("8.8.8.8", Public, ""),
            ("2606:4700::1111", Loopback, ""),
            ("127.0.0.1", Loopback, ""),
            ("127.0.0.1", Private, "this machine"),
            ("10.1.2.3", Private, ""),
            ("10.1.2.3", Public, "in a private network"),
            ("::ffff:10.1.2.3", Public, "in a private network"),
            ("169.254.169.254", Private, "link-local"),
            ("100.100.100.200", Private, "cloud-internal"),
            ("240.0.0.1", Public, "reserved"),
            // Every name, on a machine whose traffic goes through a proxy by such addresses.
            ("198.18.0.7", Public, ""),
            ("198.18.0.7", Loopback, ""),
        ] {
            let verdict = vet_address("pic.test", ip.parse().unwrap(), base);
            let said = verdict.map_or_else(|f| f.message.as_str().to_owned(), |()| String::new());
            assert_eq!(said.is_empty(), words.is_empty(), "{ip} {base:?}: {said}");
            assert!(said.contains(words), "{said}");
            let named = said.contains("pic.test") && said.contains(ip);
            assert!(named || words.is_empty(), "{said}");
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
