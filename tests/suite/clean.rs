//! T1: whatever comes in, `Clean` text does nothing to a terminal, hides nothing and reorders nothing.

use plantain::domain::Clean;
use proptest::prelude::*;
use unicode_width::UnicodeWidthChar;

use crate::suite::endpoint::matrix::cases;

/// What a terminal acts on, or what hides or reorders text. Written down here once more, by ranges of the Unicode standard.
fn is_foul(c: char) -> bool {
    matches!(c,
        '\0'..='\x09' | '\x0b'..='\x1f' | '\x7f'..='\u{9f}'
        | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{3164}' | '\u{ffa0}'
        | '\u{115f}' | '\u{1160}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
}

/// Any letter, and more often those that mean something to a terminal.
fn letters() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => any::<char>().prop_map(String::from),
        2 => prop::sample::select(vec![
            "\u{1b}[31m", "\u{1b}]52;c;aGk=\u{7}", "\u{1b}]0;x\u{1b}\\", "\u{1b}_Gi=1;AA\u{1b}\\", "\u{1b}P", "\u{1b}",
            "\u{9b}", "\u{9d}", "\u{9c}", "\u{7}", "\r", "\n", "\r\n", "\t", "\u{85}", "\u{2028}", "[", "]", "m", "\\",
        ]).prop_map(String::from),
        2 => prop::sample::select(vec!['\u{202e}', '\u{2066}', '\u{200b}', '\u{200d}', '\u{feff}', '\u{e0041}', '\u{10eeee}', '\u{f8ff}', '\u{fe0f}'])
            .prop_map(String::from),
        1 => (1usize..40).prop_map(|n| "\u{301}".repeat(n)),
        1 => prop::sample::select(vec!["狐", "é", "🦊", "👩\u{200d}🚀", "हिन्दी", "ก็็", "a"]).prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn fault(text: &str, lines: bool) -> Option<String> {
    if let Some(c) = text.chars().find(|c| is_foul(*c)) {
        return Some(format!("{c:?} is left in {text:?}"));
    }
    if !lines && text.contains('\n') {
        return Some(format!("a line end is left in {text:?}"));
    }
    let mut marks = 0;
    for c in text.chars() {
        marks = if c.width() == Some(0) { marks + 1 } else { 0 };
        if marks > 8 {
            return Some(format!("over 8 marks on a letter of {text:?}"));
        }
    }
    None
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn nothing_foul_is_left_and_cleaning_twice_changes_nothing(text in letters()) {
        let (line, lines) = (Clean::line(&text), Clean::text(&text));
        prop_assert_eq!(fault(line.as_str(), false), None);
        prop_assert_eq!(fault(lines.as_str(), true), None);
        prop_assert_eq!(&Clean::line(line.as_str()), &line);
        prop_assert_eq!(&Clean::text(lines.as_str()), &lines);
    }

    #[test]
    fn what_is_made_of_clean_text_is_clean(one in letters(), two in letters(), most in 0usize..60) {
        let mut both = Clean::text(&one);
        both.push(&Clean::text(&two));
        prop_assert_eq!(fault(both.as_str(), true), None);
        let cut = both.truncated(most);
        prop_assert!(cut.as_str().len() <= most);
        prop_assert_eq!(fault(cut.as_str(), true), None);
    }

    #[test]
    fn ordinary_words_stay(text in "[ -~äöüßéà狐山あア한🦊]{0,40}") {
        let clean = Clean::line(&text);
        prop_assert_eq!(clean.as_str(), text);
    }
}
