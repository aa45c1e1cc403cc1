//! What kind of place a URL's host is, read from the URL alone: nothing is resolved here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// How far away a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// This machine.
    Loopback,
    /// A private network (RFC 1918, RFC 6598, RFC 4193).
    Private,
    /// Link-local or unspecified: never a picture's place; cloud metadata services live there.
    LinkLocal,
    /// Everything else, and every name that is not `localhost`.
    Public,
}

/// The reach of the host that `url` names.
pub(super) fn reach(url: &Url) -> Reach {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            if name == "localhost" || name.ends_with(".localhost") {
                Reach::Loopback
            } else {
                Reach::Public
            }
        }
        Some(Host::Ipv4(ip)) => reach_of_ip(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => reach_of_ip(IpAddr::V6(ip)),
        None => Reach::LinkLocal,
    }
}

/// The reach of an address.
pub(super) fn reach_of_ip(ip: IpAddr) -> Reach {
    match ip {
        IpAddr::V4(v4) => reach_v4(v4),
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(|| reach_v6(v6), reach_v4),
    }
}

fn reach_v4(ip: Ipv4Addr) -> Reach {
    let [a, b, ..] = ip.octets();
    if ip.is_loopback() {
        Reach::Loopback
    } else if ip.is_link_local() || ip.is_broadcast() || ip.is_multicast() || a == 0 {
        Reach::LinkLocal
    } else if ip.is_private() || (a == 100 && (64..128).contains(&b)) {
        Reach::Private
    } else {
        Reach::Public
    }
}

fn reach_v6(ip: Ipv6Addr) -> Reach {
    if ip.is_loopback() {
        Reach::Loopback
    } else if ip.is_unicast_link_local() || ip.is_unspecified() || ip.is_multicast() {
        Reach::LinkLocal
    } else if ip.is_unique_local() {
        Reach::Private
    } else {
        Reach::Public
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_fall_into_their_class() {
        for (url, expected) in [
            ("http://localhost:1/", Reach::Loopback),
            ("http://a.localhost./", Reach::Loopback),
            ("http://127.9.9.9/", Reach::Loopback),
            ("http://2130706433/", Reach::Loopback),
            ("http://[::1]/", Reach::Loopback),
            ("http://[::ffff:127.0.0.1]/", Reach::Loopback),
            ("http://10.0.0.1/", Reach::Private),
            ("http://100.64.0.1/", Reach::Private),
            ("http://[fd00::1]/", Reach::Private),
            ("http://169.254.169.254/", Reach::LinkLocal),
            ("http://[::ffff:169.254.169.254]/", Reach::LinkLocal),
            ("http://[fe80::1]/", Reach::LinkLocal),
            ("http://0.0.0.0/", Reach::LinkLocal),
            ("https://img.test/", Reach::Public),
            ("https://8.8.8.8/", Reach::Public),
        ] {
            assert_eq!(reach(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
