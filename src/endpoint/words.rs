//! The words of this room that people read: hints and repeated phrases. Nothing here decides anything.

pub(super) const CHECK_BASE_URL: &str = "check the base URL (it usually ends in /v1)";
pub(super) const ASK_FOR_PLAIN: &str =
    "the gateway, or a proxy before it, packs answers unasked; ask it for plain ones";
pub(super) const CHECK_KEY: &str = "check the key, and that it belongs to this base URL";
pub(super) const NO_KEY: &str = "this gateway wants a key, and none is set for it: `plantain config key` keeps one, PLANTAIN_API_KEY beats it";
pub(super) const CHECK_ACCESS: &str =
    "the key may have no access to this model; ask the gateway which models it has";
pub(super) const TOP_UP: &str = "top up the account at the gateway, or use another key";
pub(super) const SLOW_DOWN: &str = "wait a little, or run fewer generations at once";
pub(super) const CHECK_NETWORK: &str = "check the base URL's host and port, and the network";
pub(super) const CHANGE_FIELDS: &str = "change what the gateway names, then run it again";
pub(super) const CHECK_FIELDS: &str =
    "the gateway gives no reason; check model, ratio, format and the profile";
pub(super) const CHANGE_PROMPT: &str = "change the prompt or the reference pictures";
pub(super) const PUBLIC_URL: &str = "this gateway may need a public URL for reference pictures";
pub(super) const SMALLER: &str = "use fewer or smaller reference pictures";
pub(super) const UNKNOWN_MODEL: &str =
    "pick a model that this gateway lists, and check the base URL";
pub(super) const REPEAT_MAY_BILL: &str =
    "running it again may be billed again; the gateway's own log tells what it did";
pub(super) const URL_IS_KEPT: &str = "its address is kept: fetch-again in the studio tries it once more at no cost, a new run may be billed";
pub(super) const RUN_AGAIN: &str = "run the prompt again for a new picture";
pub(super) const READING_PANICKED: &str = "reading the answer ended in a panic";
