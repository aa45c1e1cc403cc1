//! Every gateway of WIRE §2 in its own shape, streamed and not, and every other place where a picture was seen to stand.

use plantain::domain::FailureKind;
use plantain::endpoint::Answer;
use serde_json::{Value, json};

use super::fixtures::{JPG, PNG, PNG2, WEBP, data, shown, whole};

/// What one gateway says, and what is to be made of it.
pub struct Dialect {
    pub name: &'static str,
    /// What stands under `message`, or under `delta`.
    said: Value,
    /// What stands in the root beside `choices`.
    root: Value,
    /// URLs, or `data:` and base64; drafts first.
    pub images: Vec<String>,
    pub text: &'static str,
}

const URL: &str = "https://img.test/o/1.png";
const URL2: &str = "https://img.test/o/2";

fn uri(base64: &str) -> String {
    format!("data:image/png;base64,{base64}")
}

fn dialect(name: &'static str, said: Value, images: &[&str], text: &'static str) -> Dialect {
    Dialect {
        name,
        said,
        root: json!({}),
        images: images.iter().map(|i| (*i).to_owned()).collect(),
        text,
    }
}

impl Dialect {
    fn with(mut self, root: Value) -> Self {
        self.root = root;
        self
    }

    fn payload(&self, object: &str, key: &str, said: &Value, reason: Option<&str>) -> Value {
        let mut payload = json!({
            "id": "chatcmpl-1", "object": object, "created": 1, "model": "NanoBananaPro-1K",
            "choices": [{"index": 0, key: said, "finish_reason": reason}],
        });
        for (key, value) in self.root.as_object().unwrap() {
            payload[key] = value.clone();
        }
        payload
    }

    /// As one JSON document.
    pub fn json(&self) -> Vec<u8> {
        let payload = self.payload("chat.completion", "message", &self.said, Some("stop"));
        payload.to_string().into_bytes()
    }

    /// As a stream: an empty role, the picture, the finish reason, the end.
    pub fn stream(&self) -> Vec<u8> {
        let object = "chat.completion.chunk";
        let role =
            json!({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]});
        let said = self.payload(object, "delta", &self.said, None);
        let stop = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
        let usage = json!({"choices": [], "usage": {"completion_tokens": 1290}});
        let events = [role, said, stop, usage].map(|e| format!("data: {e}\n\n"));
        format!(": PING\n\n{}data: [DONE]\n\n", events.concat()).into_bytes()
    }
}

/// Where the answer is the whole of a chat completion.
pub fn all() -> Vec<Dialect> {
    let (png, png2, jpg, webp) = (&*data(PNG), &*data(PNG2), &*data(JPG), &*data(WEBP));
    let image_url = |url: &str| json!({"type": "image_url", "image_url": {"url": url}});
    let content = |text: &str| json!({"role": "assistant", "content": text});
    let markdown = |base64| format!("![image](data:image/jpeg;base64,{base64})");
    let mut table = vec![
        dialect("UniAll, xgapi", content(URL), &[URL], "").with(json!({"media": {"outputs": [URL]}})),
        dialect("InfinityBlue", content(&markdown(JPG)), &[jpg], "")
            .with(json!({"usage": {"prompt_tokens": 5, "completion_tokens": 1290}})),
        dialect("nodekey, juling", content(&markdown(PNG)), &[png], ""),
        dialect(
            "new-api",
            json!({"content": format!("Done.\n{}", markdown(PNG)), "reasoning_content": markdown(JPG)}),
            &[jpg, png],
            "Done.",
        ),
        dialect(
            "new-api, a frame with a thought",
            json!({"content": "", "reasoning_content": format!("So.\n{}", markdown(PNG))}),
            &[png],
            "",
        ),
        dialect(
            "new-api, a fork",
            json!({"content": [{"type": "text", "text": "Here"}, image_url(&uri(PNG))]}),
            &[png],
            "Here",
        ),
        dialect(
            "Nexara",
            json!({"content": [{"type": "text", "text": ""}, image_url(URL2)]}),
            &[URL2],
            "",
        ),
        dialect("302.AI", content(&format!("![image]({URL2})")), &[URL2], ""),
        dialect(
            "Qiniu",
            json!({"content": "", "reasoning_content": "Hm.", "images": [image_url(&uri(PNG))]}),
            &[png],
            "",
        )
        .with(json!({"usage": {"completion_tokens": 1300, "completion_tokens_details": {"image_tokens": 1290}}})),
        dialect(
            "OpenRouter",
            json!({"content": "A cat.", "images": [image_url(&uri(PNG)), image_url(&uri(PNG2))],
                "reasoning": "r", "reasoning_details": [{"type": "reasoning.encrypted", "data": PNG.repeat(20)}]}),
            &[png, png2],
            "A cat.",
        ),
        dialect("OpenRouter, https", json!({"content": "", "images": [image_url(URL2)]}), &[URL2], ""),
        dialect("Vercel", json!({"content": "", "images": [image_url(&uri(WEBP))]}), &[webp], ""),
        dialect(
            "LiteLLM",
            json!({"content": null, "images": [{"image_url": {"url": uri(PNG), "detail": "auto"}, "index": 0, "type": "image_url"}]}),
            &[png],
            "",
        ),
        dialect("LiteLLM, old", json!({"content": "x", "image": {"url": uri(PNG), "detail": "auto"}}), &[png], "x"),
        dialect(
            "Portkey",
            json!({"content": "x", "content_blocks": [{"type": "text", "text": "x"}, image_url(URL2)]}),
            &[URL2],
            "x",
        ),
        dialect(
            "one-api",
            json!({"content": [{"type": "text", "text": "Voilà"}, image_url(&uri(PNG))]}),
            &[png],
            "Voilà",
        ),
        dialect("WebAI2API", content(&format!("data:image/webp;base64,{WEBP}")), &[webp], ""),
        dialect(
            "filesystem.site",
            content(&format!("> 排队中..\n> 进度 **34%**\n> 进度 **67.5%**\n> 生成完成 ✅\n\n![gen_01]({URL2})\n[下载⏬](https://img.test/cdn/download/2)\n")),
            &[URL2],
            "> 排队中..\n> 进度 **34%**\n> 进度 **67.5%**\n> 生成完成 ✅",
        ),
        dialect(
            "crazyrouter",
            json!({"content": [{"inlineData": {"mimeType": "image/png", "data": PNG}}]}),
            &[png],
            "",
        ),
        dialect("crazyrouter, hosted", content(&format!("{URL2}\n")), &[URL2], ""),
        dialect("APIYI", json!({"content": [{"inline_data": {"mime_type": "image/jpeg", "data": JPG}}]}), &[jpg], ""),
        dialect("Poe", content(&format!("Here you go:\n\n{URL}\n")), &[URL], "Here you go:"),
    ];
    table.extend(places(png, jpg, webp));
    table.extend(texts(png, jpg));
    table
}

/// Other places beside the text, and other names of them.
fn places(png: &str, jpg: &str, webp: &str) -> Vec<Dialect> {
    let with_root = |name, root, images: &[&str]| dialect(name, json!({}), images, "").with(root);
    let parts = |part: Value| json!({"content": [part]});
    vec![
        with_root(
            "images format",
            json!({"choices": [], "data": [{"b64_json": PNG}, {"url": URL2}]}),
            &[png, URL2],
        ),
        with_root(
            "images in the root",
            json!({"choices": null, "images": [{"url": URL2}]}),
            &[URL2],
        ),
        with_root(
            "data as an object",
            json!({"choices": [], "data": {"images": [URL2]}}),
            &[URL2],
        ),
        with_root(
            "outputs as a string",
            json!({"choices": [], "output": URL2}),
            &[URL2],
        ),
        with_root(
            "outputs as a list",
            json!({"choices": [], "output": [URL2, uri(PNG)]}),
            &[URL2, png],
        ),
        with_root(
            "responses format",
            json!({"choices": null, "output": [
                {"type": "reasoning", "id": "rs_1", "summary": []},
                {"type": "image_generation_call", "status": "completed", "result": PNG},
                {"type": "message", "content": [{"type": "output_image", "image_url": URL2}]},
            ]}),
            &[png, URL2],
        ),
        with_root(
            "wrapped once more",
            json!({"choices": null, "code": 0, "msg": "ok", "data": {"choices": [{"message": {"images": [URL2]}, "finish_reason": "stop"}]}}),
            &[URL2],
        ),
        with_root(
            "Gemini's own",
            json!({"choices": null, "candidates": [{"content": {"role": "model", "parts": [
                {"inlineData": {"mimeType": "image/jpeg", "data": JPG}, "thought": true},
                {"inlineData": {"mimeType": "image/png", "data": PNG}},
            ]}, "finishReason": "STOP"}], "modelVersion": "m", "usageMetadata": {"candidatesTokenCount": 1290}}),
            &[jpg, png],
        ),
        dialect(
            "output_image",
            parts(json!({"type": "output_image", "image_url": uri(PNG)})),
            &[png],
            "",
        ),
        dialect(
            "output_image, base64",
            parts(json!({"type": "output_image", "b64_json": PNG})),
            &[png],
            "",
        ),
        dialect(
            "image part, plain",
            parts(json!({"type": "image", "image": uri(PNG)})),
            &[png],
            "",
        ),
        dialect(
            "image part, source",
            parts(
                json!({"type": "image", "source": {"type": "base64", "media_type": "image/webp", "data": WEBP}}),
            ),
            &[webp],
            "",
        ),
        dialect(
            "a part with words and a picture",
            parts(json!({"type": "mixed", "text": "Look.", "image_url": {"url": URL2}})),
            &[URL2],
            "Look.",
        ),
        dialect(
            "one part, no list",
            json!({"content": {"type": "image_url", "image_url": URL2}}),
            &[URL2],
            "",
        ),
        dialect(
            "aihubmix",
            json!({"content": "x", "multi_mod_content": [{"inline_data": {"mime_type": "image/png", "data": PNG}}]}),
            &[png],
            "x",
        ),
        dialect(
            "camelCase",
            json!({"content": [{"type": "imageUrl", "imageUrl": {"url": URL2}}, {"b64Json": PNG}]}),
            &[URL2, png],
            "",
        ),
        dialect(
            "attachments",
            json!({"content": "x", "attachments": [{"content_type": "image/png", "url": URL2}]}),
            &[URL2],
            "x",
        ),
        dialect(
            "a tool's result",
            json!({"content": null, "tool_calls": [{"id": "c", "type": "image_generation_call", "result": PNG}]}),
            &[png],
            "",
        ),
        dialect(
            "a tool's arguments",
            json!({"content": null, "tool_calls": [{"id": "c", "type": "function", "function": {
                "name": "show", "arguments": "{\"image\":\"https:\\/\\/img.test\\/o\\/1.png\"}"}}]}),
            &[URL],
            "",
        ),
        dialect(
            "plain strings",
            json!({"images": [URL2, URL2, uri(PNG)]}),
            &[URL2, png],
            "",
        ),
        dialect(
            "URL-encoded",
            json!({"images": ["https%3A%2F%2Fimg.test%2Fo%2F2"]}),
            &[URL2],
            "",
        ),
        dialect(
            "what is no picture",
            json!({"content": [
                {"type": "text", "text": "no"},
                {"type": "input_audio", "data": PNG},
                {"type": "file", "mime_type": "audio/wav", "data": PNG},
                {"type": "x", "data": "0123456789abcdef0123456789abcdef0123456789abcdef"},
                {"type": "image_url", "image_url": {"url": "/relative/1.png"}},
                {"type": "image_url", "image_url": {"url": "//img.test/1.png"}},
                {"type": "image_url", "image_url": {"url": "file:///etc/1.png"}},
                {"type": "image_url", "image_url": {"url": "data:text/html;base64,PGh0bWw+PC9odG1sPg=="}},
            ]}),
            &[],
            "no",
        ),
        dialect(
            "dlapi",
            json!({"role": "assistant", "content": ""}),
            &[],
            "",
        ),
    ]
}

/// Pictures in the text.
fn texts(png: &str, jpg: &str) -> Vec<Dialect> {
    let table: Vec<(&'static str, String, Vec<&str>, &'static str)> = vec![
        (
            "a title",
            format!("![x]({URL2} \"a (b) c\") y"),
            vec![URL2],
            " y",
        ),
        ("angle brackets", format!("![x](<{URL2}>)"), vec![URL2], ""),
        (
            "a space in angle brackets",
            "![x](<https://img.test/my cat.png> \"t\")".to_owned(),
            vec!["https://img.test/my%20cat.png"],
            "",
        ),
        (
            "round brackets",
            "![x](https://img.test/x_(1).png)".to_owned(),
            vec!["https://img.test/x_(1).png"],
            "",
        ),
        (
            "letters of every script",
            "![图](https://img.test/图片.png)。".to_owned(),
            vec!["https://img.test/图片.png"],
            "。",
        ),
        (
            "by reference",
            format!("Here:\n![a cat][One]\n\n[one]: {URL2} \"t\"\n"),
            vec![URL2],
            "Here:",
        ),
        (
            "by its own name",
            format!("![one]\n![two][]\n\n[one]: <{URL2}>\n[two]: {URL}\nbye"),
            vec![URL2, URL],
            "bye",
        ),
        (
            "data by reference",
            format!("![][image1]\n\n[image1]: <data:image/png;base64,{PNG}>\nDone"),
            vec![png],
            "Done",
        ),
        (
            "a reference nobody uses",
            format!("[1]: {URL}"),
            vec![URL],
            "",
        ),
        (
            "HTML",
            "<p>Look <img alt='a' src=\"https://img.test/o?a=1&amp;b=2\" width=1></p>".to_owned(),
            vec!["https://img.test/o?a=1&b=2"],
            "<p>Look </p>",
        ),
        (
            "HTML with data",
            format!("<img src='data:image/png;base64,{PNG}'/>"),
            vec![png],
            "",
        ),
        (
            "HTML without quotes",
            format!("<img src={URL2}>"),
            vec![URL2],
            "",
        ),
        (
            "percent-encoded base64",
            format!(
                "data:image/png;base64,{}",
                PNG.replace('+', "%2B").replace('/', "%2f")
            ),
            vec![png],
            "",
        ),
        (
            "capitals",
            format!("Data:image/PNG;BASE64,{PNG}"),
            vec![png],
            "",
        ),
        (
            "JSON in the text",
            "{\"url\":\"https:\\/\\/img.test\\/o\\/3.png?a=1\\u0026b=2\"}".to_owned(),
            vec!["https://img.test/o/3.png?a=1&b=2"],
            "",
        ),
        (
            "relative",
            "![x](/o/1.png) ![y](//img.test/1.png) ![z](sandbox:/mnt/data/1.png)".to_owned(),
            vec![],
            "",
        ),
        (
            "two, one twice",
            format!("![a]({URL2}) ![b](data:image/jpeg;base64,{JPG}) ![c]({URL2})"),
            vec![URL2, jpg],
            "",
        ),
    ];
    let own_text = ["relative", "JSON in the text"];
    table
        .into_iter()
        .map(|(name, text, images, shown)| {
            let shown = if own_text.contains(&name) {
                text.clone().leak()
            } else {
                shown
            };
            dialect(
                name,
                json!({"role": "assistant", "content": text}),
                &images,
                shown,
            )
        })
        .collect()
}

impl Dialect {
    /// What is wrong with an answer, if anything is.
    pub fn fault(&self, answer: &Answer) -> Option<String> {
        let images: Vec<String> = answer.images.iter().map(|c| shown(&c.image)).collect();
        let billed = answer.failure.as_ref().is_none_or(|f| f.maybe_billed);
        let right = images == self.images
            && answer.text.as_str() == self.text
            && answer.ended_well
            && answer.failure.is_some() == images.is_empty()
            && answer.notices.is_empty()
            && billed;
        (!right).then(|| format!("{}: {images:#?} {answer:#?}", self.name))
    }
}

#[test]
fn every_gateway_in_its_own_shape_streamed_and_not() {
    let faults: Vec<String> = all()
        .iter()
        .flat_map(|d| [d.json(), d.stream()].map(|body| d.fault(&whole(&body).1)))
        .flatten()
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn several_choices_are_several_pictures() {
    let choice = |n: u64, url: &str| json!({"index": n, "message": {"content": format!("![x]({url})")}, "finish_reason": "stop"});
    let body = json!({"choices": [choice(0, URL), choice(1, URL2)]}).to_string();
    let images = |body: &str| -> Vec<String> {
        let answer = whole(body.as_bytes()).1;
        answer.images.iter().map(|c| shown(&c.image)).collect()
    };
    assert_eq!(images(&body), [URL, URL2]);
    // Streamed, their deltas come mixed, and the second one's first.
    let delta = |n: u64, text: &str| {
        format!(
            "data: {}\n\n",
            json!({"choices": [{"index": n, "delta": {"content": text}}]})
        )
    };
    let (one, two) = (format!("![x]({URL})"), format!("![y]({URL2})"));
    let body = [
        delta(1, &two[..9]),
        delta(0, &one[..7]),
        delta(1, &two[9..]),
        delta(0, &one[7..]),
    ]
    .concat();
    assert_eq!(images(&format!("{body}data: [DONE]\n\n")), [URL, URL2]);
}

#[test]
fn a_tool_s_arguments_come_in_pieces_and_count_last() {
    let call = |arguments: &str| {
        format!(
            "data: {}\n\n",
            json!({"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": arguments}}]}}]})
        )
    };
    let pieces = [call("{\"url\":\"https://img.te"), call("st/o/1.png\"}")].concat();
    let images = |body: String| -> Vec<String> {
        let answer = whole(body.as_bytes()).1;
        answer.images.iter().map(|c| shown(&c.image)).collect()
    };
    assert_eq!(images(format!("{pieces}data: [DONE]\n\n")), [URL]);
    let better = json!({"choices": [{"delta": {"images": [URL2]}}]});
    assert_eq!(
        images(format!("{pieces}data: {better}\n\ndata: [DONE]\n\n")),
        [URL2]
    );
}

#[test]
fn a_filter_of_gemini_s_own_is_a_refusal() {
    let body = json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}).to_string();
    let failure = whole(body.as_bytes()).1.failure.unwrap();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(
        failure.message.as_str().contains("PROHIBITED_CONTENT"),
        "{failure}"
    );
}
