//! What kind of place an address is, and a URL's host as far as its words tell: nothing is resolved here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// How far away a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// This machine.
    Loopback,
    /// A private network (RFC 1918, RFC 6598, RFC 4193).
    Private,
    /// Link-local, unspecified, or where clouds answer their machines: never a picture's place.
    LinkLocal,
    /// Multicast, broadcast, documentation and what is kept for later: nobody's address.
    Reserved,
    /// 198.18.0.0/15, kept for benchmarks (RFC 2544). What programs that carry a machine's whole traffic through a proxy
    /// give a name as its address ("fake IP"): the proxy resolves the name itself.
    StandIn,
    /// Everything else, and every name that is not `localhost`.
    Public,
}

/// Where clouds tell their machines secrets, outside of the link-local ranges: AWS and Google by IPv6, Alibaba, Azure.
const METADATA_V6: [Ipv6Addr; 2] = [
    Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254),
    Ipv6Addr::new(0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254),
];
const METADATA_V4: [Ipv4Addr; 2] = [
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(168, 63, 129, 16),
];

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
        IpAddr::V6(v6) => reach_v6(v6),
    }
}

fn reach_v4(ip: Ipv4Addr) -> Reach {
    let [a, b, c, _] = ip.octets();
    if ip.is_loopback() {
        Reach::Loopback
    } else if ip.is_link_local() || a == 0 || METADATA_V4.contains(&ip) {
        Reach::LinkLocal
    } else if ip.is_private() || (a == 100 && (64..128).contains(&b)) {
        Reach::Private
    } else if a == 198 && (18..20).contains(&b) {
        Reach::StandIn
    } else if a >= 224 || ip.is_documentation() || (a, b, c) == (192, 0, 0) {
        // 192.0.0.0/24 is for protocols between routers (RFC 6890); Oracle's cloud answers there too.
        Reach::Reserved
    } else {
        Reach::Public
    }
}

fn reach_v6(ip: Ipv6Addr) -> Reach {
    if ip.is_loopback() {
        return Reach::Loopback;
    }
    if ip.is_unspecified() || ip.is_unicast_link_local() || METADATA_V6.contains(&ip) {
        return Reach::LinkLocal;
    }
    if let Some(v4) = embedded(ip) {
        return reach_v4(v4);
    }
    match ip.segments() {
        // Unique local; site-local, its forerunner; NAT64 of a network of its own (RFC 8215).
        [a, ..] if a & 0xfe00 == 0xfc00 || a & 0xffc0 == 0xfec0 => Reach::Private,
        [0x64, 0xff9b, 1, ..] => Reach::Private,
        // Multicast; documentation; Teredo and other protocol assignments (RFC 2928).
        [a, ..] if a & 0xff00 == 0xff00 => Reach::Reserved,
        [0x2001, 0xdb8, ..] => Reach::Reserved,
        [0x2001, b, ..] if b < 0x200 => Reach::Reserved,
        _ => Reach::Public,
    }
}

/// The IPv4 address that is reached through an IPv6 one: mapped and compatible, NAT64 (RFC 6052), 6to4 (RFC 3056).
fn embedded(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Some(Ipv4Addr::new(a, b, c, d))
    };
    match ip.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            v4(high, low)
        }
        [0x2002, high, low, ..] => v4(high, low),
        _ => None,
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
            ("http://127.0.0.1./", Reach::Loopback),
            ("http://2130706433/", Reach::Loopback),
            ("http://0x7f.1/", Reach::Loopback),
            ("http://[::1]/", Reach::Loopback),
            ("http://[::127.0.0.1]/", Reach::Loopback),
            ("http://[::ffff:127.0.0.1]/", Reach::Loopback),
            ("http://[64:ff9b::127.0.0.1]/", Reach::Loopback),
            ("http://[2002:7f00:1::]/", Reach::Loopback),
            ("http://10.0.0.1/", Reach::Private),
            ("http://172.31.0.1/", Reach::Private),
            ("http://172.32.0.1/", Reach::Public),
            ("http://192.168.0.1/", Reach::Private),
            ("http://100.64.0.1/", Reach::Private),
            ("http://100.128.0.1/", Reach::Public),
            ("http://[fd00::1]/", Reach::Private),
            ("http://[fec0::1]/", Reach::Private),
            ("http://[::ffff:10.0.0.1]/", Reach::Private),
            ("http://[64:ff9b::10.0.0.1]/", Reach::Private),
            ("http://[64:ff9b:1::1]/", Reach::Private),
            ("http://[2002:c0a8:1::1]/", Reach::Private),
            ("http://169.254.169.254/", Reach::LinkLocal),
            ("http://[::ffff:169.254.169.254]/", Reach::LinkLocal),
            ("http://[64:ff9b::a9fe:a9fe]/", Reach::LinkLocal),
            ("http://[2002:a9fe:a9fe::]/", Reach::LinkLocal),
            ("http://[fe80::1]/", Reach::LinkLocal),
            ("http://[fd00:ec2::254]/", Reach::LinkLocal),
            ("http://100.100.100.200/", Reach::LinkLocal),
            ("http://0.0.0.0/", Reach::LinkLocal),
            ("http://0/", Reach::LinkLocal),
            ("http://[::]/", Reach::LinkLocal),
            ("http://192.0.0.192/", Reach::Reserved),
            ("http://192.0.2.1/", Reach::Reserved),
            ("http://224.0.0.1/", Reach::Reserved),
            ("http://240.0.0.1/", Reach::Reserved),
            ("http://255.255.255.255/", Reach::Reserved),
            ("http://[ff02::1]/", Reach::Reserved),
            ("http://[2001:db8::1]/", Reach::Reserved),
            ("http://[2001::1]/", Reach::Reserved),
            ("http://198.18.0.1/", Reach::StandIn),
            ("http://198.19.255.255/", Reach::StandIn),
            ("http://198.20.0.1/", Reach::Public),
            ("https://img.test/", Reach::Public),
            ("https://8.8.8.8/", Reach::Public),
            ("https://[64:ff9b::8.8.8.8]/", Reach::Public),
            ("https://[2606:4700::1111]/", Reach::Public),
        ] {
            assert_eq!(reach(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
