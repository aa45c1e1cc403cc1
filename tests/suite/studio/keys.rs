//! The table of actions and the keymap: one source for keys, hints, help, palette and the README.

use plantain::domain::Display;
use plantain::studio::keymap::{DEFAULT, key_table_markdown};
use plantain::studio::{
    ACTIONS, Action, Choice, Context, Effect, Event, Field, Focus, HelpLine, Keymap, PickKind,
    Popup, help_lines, hints, key_column,
};

use ratatui::layout::Rect;

use super::script::{Script, keymap, rows};

#[test]
fn every_action_is_reachable_by_plain_keys() {
    let keymap = keymap();
    for info in ACTIONS {
        let plain = keymap
            .bindings()
            .iter()
            .any(|b| b.action == info.action && b.keys.iter().all(|k| k.is_plain()));
        if plain {
            continue;
        }
        // `:` outside of text and `/` in an empty editor open the palette; typing finds it there.
        assert!(
            info.palette,
            "{} has no plain key and is not in the palette",
            info.name
        );
        for open in ["<Esc>:", "/"] {
            let mut s = Script::new(120, 40);
            s.keys(open).keys(info.name);
            match &s.state.popup {
                Some(Popup::Pick(p)) => {
                    assert_eq!(p.current().unwrap().choice, Choice::Act(info.action));
                }
                other => panic!("{}: {other:?}", info.name),
            }
            s.keys("<Enter>");
            let palette = |p: &Popup| matches!(p, Popup::Pick(p) if p.kind == PickKind::Palette);
            assert!(!s.state.popup.as_ref().is_some_and(palette), "it is closed");
        }
    }
}

#[test]
fn the_palette_finds_every_action_by_its_words_too() {
    for info in ACTIONS.iter().filter(|i| i.palette) {
        let mut s = Script::new(120, 40);
        s.keys("<Ctrl+P>").paste(info.words);
        assert_eq!(s.picked(), info.words);
    }
}

#[test]
fn the_palette_begins_with_what_the_selected_row_allows() {
    let mut s = Script::with_rows(120, 40, rows(1));
    s.keys("<Ctrl+P>");
    let labels = |s: &Script| match &s.state.popup {
        Some(Popup::Pick(p)) => p
            .shown()
            .iter()
            .map(|i| i.label.clone())
            .collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let all = labels(&s);
    assert_eq!(all[0], Action::Edit.info().words);
    assert_eq!(all[1], Action::Again.info().words);
    assert!(!all.contains(&Action::Palette.info().words.to_owned()));
    let mut s = Script::new(120, 40);
    s.keys("<Ctrl+P>");
    assert_eq!(labels(&s)[0], Action::Help.info().words, "there is no row");
}

#[test]
fn a_list_in_which_nothing_matches_is_small_and_stays_where_it_hangs() {
    let mut s = Script::new(120, 40);
    s.keys("<Ctrl+P>");
    let before = s.state.layout().popup;
    s.keys("zzzz");
    let after = s.state.layout().popup;
    assert_eq!((after.y, after.height), (before.y, 4));
}

#[test]
fn no_default_binding_is_a_forbidden_key_and_every_section_is_known() {
    for binding in keymap().bindings() {
        assert!(
            !binding.keys.iter().any(|k| k.is_forbidden()),
            "{binding:?}"
        );
    }
    for forbidden in [
        "Ctrl+M", "Ctrl+I", "Ctrl+H", "Ctrl+[", "Alt+[", "Alt+]", "Alt+_", "Alt+^", "Alt+O",
        "Alt+P", "Alt+X",
    ] {
        let text = format!("[global]\n\"{forbidden}\" = \"help\"\n");
        let error = Keymap::parse(DEFAULT, &text).unwrap_err();
        assert_eq!((error.line, error.user), (2, true), "{forbidden}");
        assert!(error.message.contains("cannot be bound"), "{error}");
    }
}

#[test]
fn a_users_keymap_binds_anew_and_frees() {
    let user = "# mine\n[history]\n\"r\" = \"none\"\n\"Ctrl+Y\" = \"again\"\n\"e\" = \"details\"\n";
    let keymap = Keymap::parse(DEFAULT, user).unwrap();
    assert_eq!(keymap.keys_of(Action::Again).as_deref(), Some("Ctrl+Y"));
    assert_eq!(keymap.keys_in(Action::Edit, &Context::ALL), None);
    let mut setup = super::script::setup(120, 40);
    setup.keymap = keymap;
    let mut s = Script::with_rows(120, 40, rows(1));
    s.state.keymap = setup.keymap;
    s.keys("<Esc>e");
    assert_eq!(s.state.popup, Some(Popup::Details { scroll: 0 }));
}

#[test]
fn a_wrong_keymap_names_its_line() {
    for (text, line, words) in [
        ("[history]\n\"y\" = \"copy\"\n", 2, "no action \"copy\""),
        ("[histry]\n", 1, "no section [histry]"),
        ("\n[history]\n\n\"Hyper+x\" = \"edit\"\n", 4, "is not a key"),
        ("[history]\n\"x\" = 3\n", 2, "a name in quotes"),
        ("[history\n", 1, ""),
        ("history = 1\n", 1, "must be a section"),
    ] {
        let error = Keymap::parse(DEFAULT, text).unwrap_err();
        assert_eq!(error.line, line, "{text}: {error}");
        assert!(error.message.contains(words), "{error}");
    }
}

#[test]
fn the_issues_keys_are_the_default() {
    let keymap = keymap();
    for (keys, action) in [
        ("Enter", Action::FullView),
        ("e", Action::Edit),
        ("r", Action::Again),
        ("x", Action::Cancel),
        ("/", Action::Filter),
        ("y y", Action::CopyPath),
        ("s", Action::SaveCopy),
        ("o", Action::OpenOutside),
    ] {
        assert_eq!(keymap.keys_of(action).as_deref(), Some(keys));
    }
    assert_eq!(keymap.keys_of(Action::Generate).as_deref(), Some("Enter"));
}

#[test]
fn hints_are_those_of_what_has_the_keyboard() {
    let mut s = Script::with_rows(120, 40, rows(2));
    let line = |s: &Script| {
        let hints: Vec<String> = hints(&s.state)
            .iter()
            .map(|h| format!("{} {}", h.keys, h.word))
            .collect();
        hints.join("  ")
    };
    assert!(
        line(&s).starts_with(
            "Enter generate  Ctrl+J newline  @ attach  Tab next pane  / commands  F1 help"
        ),
        "{}",
        line(&s)
    );
    s.keys("<Esc>");
    assert!(
        line(&s)
            .starts_with("Enter full view  e edit  r again  f finish  s save  y y path  / filter"),
        "{}",
        line(&s)
    );
    s.keys("<Enter>");
    assert_eq!(
        line(&s),
        "Esc back  n next  N previous  e edit  s save  C convert  y y path  r again  I details  ? help"
    );
    s.keys("<Esc><Shift+Tab>");
    assert!(
        line(&s).starts_with("Enter all values  Right change"),
        "{}",
        line(&s)
    );
    s.keys("<F2>");
    assert_eq!(line(&s), "Enter take  Esc close");
    s.keys("<Esc><F1>");
    assert_eq!(line(&s), "PgDn more  Esc close");
    s.keys("<Esc><Alt+3>/");
    assert_eq!(line(&s), "Enter keep  Esc drop the filter");
}

#[test]
fn only_what_the_selected_row_allows_is_hinted() {
    let words = |s: &Script| hints(&s.state).iter().map(|h| h.word).collect::<Vec<_>>();
    let mut s = Script::new(120, 40);
    s.keys("<Esc>");
    assert_eq!(words(&s), ["filter", "next pane", "commands", "help"]);
    s.keys("<Alt+1>fox<Enter><Esc>");
    let (task, requests) = s.sent();
    let new = s.prepare(task, requests[0].clone(), 9);
    assert_eq!(
        words(&s)[..4],
        ["full view", "again", "cancel", "filter"],
        "it runs, and has no picture yet"
    );
    s.land(new);
    assert!(!words(&s).contains(&"cancel"));
    assert!(words(&s).contains(&"save"));
}

#[test]
fn the_help_and_the_table_name_every_binding() {
    let keymap = keymap();
    let help: Vec<String> = help_lines(&keymap, 200)
        .into_iter()
        .filter_map(|l| match l {
            HelpLine::Keys(keys, _) => Some(keys),
            HelpLine::Heading(_) => None,
        })
        .collect();
    let table = key_table_markdown(&keymap);
    for binding in keymap.bindings() {
        let keys = plantain::studio::keymap::show_keys(&binding.keys);
        assert!(
            help.iter().any(|l| l.split("  ").any(|k| k == keys)),
            "{keys}"
        );
        assert!(table.contains(&format!("`{keys}`")), "{keys}");
    }
    assert!(
        table.contains("**Anywhere**") && table.contains("the palette:"),
        "{table}"
    );
}

#[test]
fn panes_by_tab_and_by_number() {
    use Focus::{History, Picture, Prompt, Settings};
    let mut s = Script::with_rows(120, 40, rows(1));
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(s.state.focus);
        s.keys("<Tab>");
    }
    assert_eq!(seen, [Prompt, Settings, History, Picture, Prompt]);
    for (key, focus) in [
        ("<Alt+4>", Picture),
        ("<Alt+3>", History),
        ("<Alt+2>", Settings),
        ("<Alt+1>", Prompt),
        ("<Shift+Tab>", Picture),
    ] {
        assert_eq!(s.keys(key).state.focus, focus);
    }
    s.keys("i");
    assert_eq!(s.state.focus, Prompt);
}

#[test]
fn settings_change_by_arrows_and_by_lists() {
    let mut s = Script::new(120, 40);
    s.keys("<Tab><Right>");
    assert_eq!(s.state.form.model, "NanoBananaPro-4K");
    s.keys("<Down><Left>");
    assert_eq!(s.state.form.ratio.to_string(), "9:16");
    s.keys("<Down><Right>");
    assert_eq!(s.state.form.format.as_str(), "webp");
    assert!(
        s.notice().contains("not webp"),
        "what the vendor does not list is said: {}",
        s.notice()
    );
    s.keys("<Down><Left>");
    assert_eq!(s.state.form.count, 8);
    s.keys("<Down>");
    assert_eq!(s.state.field, Field::Count, "it stops at the end");
    s.keys("<Up><Enter>jp<Enter>");
    assert_eq!(s.state.form.format.as_str(), "jpeg");
    s.keys("<F3>21<Enter><F2>2-4k<Enter><F5><Down><Enter><F6>2<Enter>");
    let form = &s.state.form;
    let all = (
        form.model.as_str(),
        form.ratio.to_string(),
        form.format.as_str(),
        form.count,
    );
    assert_eq!(all, ("NanoBanana2-4K", "21:9".to_owned(), "png", 2));
}

#[test]
fn any_model_may_be_typed_and_the_endpoints_own_are_offered() {
    let mut s = Script::new(120, 40);
    let task = match plantain::studio::start(&mut s.state).last() {
        Some(Effect::LoadModels { task }) => *task,
        other => panic!("{other:?}"),
    };
    s.event(Event::ModelsLoaded {
        task,
        result: Ok(vec!["NanoBanana".to_owned(), "gpt-image-2".to_owned()]),
    });
    s.keys("<F2>gpt");
    assert_eq!(s.picked(), "gpt-image-2");
    s.keys("<Ctrl+U>my-own/model<Enter>");
    assert_eq!(s.state.form.model, "my-own/model");
    assert!(s.notice().contains("not in the catalog"));
    s.keys("<F2><Enter>");
    assert_eq!(
        s.state.form.model, "my-own/model",
        "looking changes nothing"
    );
    s.keys("<F2>zzz<Esc>");
    assert_eq!(s.state.form.model, "my-own/model", "Esc changes nothing");
    s.keys("<F3>zzz<Enter>");
    assert!(s.state.popup.is_some(), "nothing matches: the list stays");
}

#[test]
fn the_terminal_is_probed_suspended_and_told() {
    let mut s = Script::new(120, 40);
    s.keys("<Ctrl+L><Ctrl+Z>");
    assert_eq!(s.take(), [Effect::ProbeTerminal, Effect::Suspend]);
    let display = Display {
        remote: true,
        ..Display::default()
    };
    s.event(Event::Display(display));
    assert_eq!(s.state.display, display);
}

#[test]
fn help_opens_everywhere_and_scrolls() {
    let mut s = Script::with_rows(80, 24, rows(1));
    s.keys("<F1><Down><PgDn><Up>");
    assert!(matches!(s.state.popup, Some(Popup::Help { scroll }) if scroll > 1));
    s.keys(&"<PgDn>".repeat(20));
    let Some(Popup::Help { scroll }) = s.state.popup else {
        panic!()
    };
    let Rect { width, height, .. } = s.state.layout().popup_list;
    let shown = usize::from(height);
    assert_eq!(scroll + shown, help_lines(&s.state.keymap, width).len());
    assert_eq!(hints(&s.state)[0].word, "close", "there is no more");
    s.keys("<Esc><Esc>?");
    assert_eq!(s.state.popup, Some(Popup::Help { scroll: 0 }));
}

#[test]
fn the_words_of_the_help_are_whole_at_every_width() {
    let keymap = keymap();
    for width in [38, 78, 94] {
        let lines = help_lines(&keymap, width);
        let told: Vec<String> = lines
            .into_iter()
            .filter_map(|line| match line {
                HelpLine::Keys(keys, what) => {
                    let words = 3 + usize::from(key_column(width)) + 2 + what.trim_end().len();
                    assert!(words <= usize::from(width), "{width}: {what}");
                    let column = usize::from(key_column(width));
                    assert!(keys.len() <= column, "{width}: {keys}");
                    Some(what)
                }
                HelpLine::Heading(_) => None,
            })
            .collect();
        let told = told
            .join(" ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        for info in ACTIONS
            .iter()
            .filter(|i| keymap.keys_of(i.action).is_some())
        {
            assert!(told.contains(info.words), "{width}: {}", info.words);
        }
    }
}

#[test]
fn the_details_are_as_high_as_their_text_and_cover_a_small_screen() {
    let mut s = Script::with_rows(120, 40, rows(1));
    s.keys("<Esc>I");
    let popup = s.state.layout().popup;
    assert!(popup.height < 20, "{popup:?}");
    assert_eq!(hints(&s.state)[0].word, "close", "there is no more to see");
    s.resize(40, 12);
    assert_eq!(s.state.layout().popup, Rect::new(0, 0, 40, 11));
    assert_eq!(hints(&s.state)[0].word, "more");
}

#[test]
fn a_sequence_of_letters_bound_in_the_editor_stays_text() {
    let mut s = Script::new(120, 40);
    s.state.keymap = Keymap::parse(DEFAULT, "[prompt]\n\"j k\" = \"back\"\n").unwrap();
    s.keys("jkl");
    assert_eq!(s.text(), "jkl");
}
