//! A secret: neither Debug nor Display, and wiped when dropped.

use zeroize::Zeroizing;

/// An API key. It can be read in one place only, where the header is made.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a key, without its surrounding white space; `None` when nothing is left.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The key itself. Call it where the header is made, and nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    #[test]
    fn nothing_can_print_it() {
        /// Has one implementation for what cannot be printed, and several to choose from for the rest.
        trait Unprintable<A> {
            const CHECKED: () = ();
        }
        impl<T> Unprintable<()> for T {}
        impl<T: fmt::Debug> Unprintable<u8> for T {}
        impl<T: fmt::Display> Unprintable<u16> for T {}
        // Does not compile when there is a choice.
        let () = <Secret as Unprintable<_>>::CHECKED;
        assert!(Secret::new(" \n").is_none());
    }
}
