//! Refusals in OpenAI's error shape, which the official SDKs read.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A request that is answered with an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rejected {
    status: StatusCode,
    kind: &'static str,
    message: String,
    param: Option<String>,
    code: &'static str,
}

impl Rejected {
    /// A 400 that names the field at fault.
    pub fn field(param: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            param: Some(param.into()),
            ..Self::request(StatusCode::BAD_REQUEST, code, message)
        }
    }

    /// Another fault of the request: its path, its method, its body as a whole.
    pub fn request(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind: "invalid_request_error",
            message: message.into(),
            param: None,
            code,
        }
    }

    /// A fault of ours, or a server that is going away.
    pub fn server(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            kind: "server_error",
            ..Self::request(status, "server_error", message)
        }
    }

    /// `{"error":{..}}`, also as a payload inside a stream.
    pub fn body(&self) -> Value {
        json!({"error": {
            "message": self.message,
            "type": self.kind,
            "param": self.param,
            "code": self.code,
        }})
    }
}

impl IntoResponse for Rejected {
    fn into_response(self) -> Response {
        (self.status, Json(self.body())).into_response()
    }
}
