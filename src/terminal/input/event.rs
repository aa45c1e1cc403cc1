//! Turns termina's events into crossterm's, which are the core's vocabulary. Keys go by their press; releases and what
//! termina knows beyond keys, mouse and focus are left out.

use crossterm::event as to;
use termina::event as from;

/// The same event in crossterm's words.
pub(super) fn convert(event: &from::Event) -> Option<to::Event> {
    match event {
        from::Event::Key(key) => convert_key(*key).map(to::Event::Key),
        from::Event::Mouse(mouse) => Some(to::Event::Mouse(to::MouseEvent {
            kind: mouse_kind(mouse.kind),
            column: mouse.column,
            row: mouse.row,
            modifiers: modifiers(mouse.modifiers),
        })),
        from::Event::FocusIn => Some(to::Event::FocusGained),
        from::Event::FocusOut => Some(to::Event::FocusLost),
        _ => None,
    }
}

fn convert_key(key: from::KeyEvent) -> Option<to::KeyEvent> {
    let kind = match key.kind {
        from::KeyEventKind::Press => to::KeyEventKind::Press,
        from::KeyEventKind::Repeat => to::KeyEventKind::Repeat,
        from::KeyEventKind::Release => return None,
    };
    let mut modifiers = modifiers(key.modifiers);
    let mut code = code(key.code)?;
    if let to::KeyCode::Char(c) = code {
        if c.is_control() {
            return None;
        }
        if modifiers.contains(to::KeyModifiers::CONTROL) {
            let (named, shift) = control(c, modifiers.contains(to::KeyModifiers::SHIFT));
            code = to::KeyCode::Char(named);
            modifiers.set(to::KeyModifiers::SHIFT, shift);
        }
    }
    let mut state = to::KeyEventState::NONE;
    for (has, gets) in [
        (from::KeyEventState::KEYPAD, to::KeyEventState::KEYPAD),
        (from::KeyEventState::CAPS_LOCK, to::KeyEventState::CAPS_LOCK),
        (from::KeyEventState::NUM_LOCK, to::KeyEventState::NUM_LOCK),
    ] {
        state.set(gets, key.state.contains(has));
    }
    Some(to::KeyEvent {
        code,
        modifiers,
        kind,
        state,
    })
}

/// Control characters by their ASCII names, with Shift if it counts: 0x1F is `Ctrl+_`, which older terminals send and
/// termina calls `Ctrl+7`; newer ones report the keys that make it.
fn control(c: char, shift: bool) -> (char, bool) {
    match (c, shift) {
        ('4', false) => ('\\', false),
        ('5', false) => (']', false),
        ('6', false) => ('^', false),
        ('7', false) | ('-', true) => ('_', false),
        other => other,
    }
}

fn code(code: from::KeyCode) -> Option<to::KeyCode> {
    use from::KeyCode as K;
    Some(match code {
        K::Char(c) => to::KeyCode::Char(c),
        K::Enter => to::KeyCode::Enter,
        K::Backspace => to::KeyCode::Backspace,
        K::Tab => to::KeyCode::Tab,
        K::BackTab => to::KeyCode::BackTab,
        K::Escape => to::KeyCode::Esc,
        K::Left => to::KeyCode::Left,
        K::Right => to::KeyCode::Right,
        K::Up => to::KeyCode::Up,
        K::Down => to::KeyCode::Down,
        K::Home => to::KeyCode::Home,
        K::End => to::KeyCode::End,
        K::PageUp => to::KeyCode::PageUp,
        K::PageDown => to::KeyCode::PageDown,
        K::Insert => to::KeyCode::Insert,
        K::Delete => to::KeyCode::Delete,
        K::KeypadBegin => to::KeyCode::KeypadBegin,
        K::PrintScreen => to::KeyCode::PrintScreen,
        K::Pause => to::KeyCode::Pause,
        K::Menu => to::KeyCode::Menu,
        K::Function(n) => to::KeyCode::F(n),
        // Locks, modifiers and media keys are reported only under flags that we do not set.
        _ => return None,
    })
}

fn modifiers(modifiers: from::Modifiers) -> to::KeyModifiers {
    let mut out = to::KeyModifiers::NONE;
    for (has, gets) in [
        (from::Modifiers::SHIFT, to::KeyModifiers::SHIFT),
        (from::Modifiers::ALT, to::KeyModifiers::ALT),
        (from::Modifiers::CONTROL, to::KeyModifiers::CONTROL),
        (from::Modifiers::SUPER, to::KeyModifiers::SUPER),
        (from::Modifiers::HYPER, to::KeyModifiers::HYPER),
        (from::Modifiers::META, to::KeyModifiers::META),
    ] {
        out.set(gets, modifiers.contains(has));
    }
    out
}

fn mouse_kind(kind: from::MouseEventKind) -> to::MouseEventKind {
    use from::MouseEventKind as M;
    match kind {
        M::Down(b) => to::MouseEventKind::Down(button(b)),
        M::Up(b) => to::MouseEventKind::Up(button(b)),
        M::Drag(b) => to::MouseEventKind::Drag(button(b)),
        M::Moved => to::MouseEventKind::Moved,
        M::ScrollDown => to::MouseEventKind::ScrollDown,
        M::ScrollUp => to::MouseEventKind::ScrollUp,
        M::ScrollLeft => to::MouseEventKind::ScrollLeft,
        M::ScrollRight => to::MouseEventKind::ScrollRight,
    }
}

fn button(button: from::MouseButton) -> to::MouseButton {
    match button {
        from::MouseButton::Left => to::MouseButton::Left,
        from::MouseButton::Right => to::MouseButton::Right,
        from::MouseButton::Middle => to::MouseButton::Middle,
    }
}
