//! Refusals, as OSS words them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;

use super::xml::Writer;
use super::{Answer, document, empty, set};

/// A request that is refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    ec: &'static str,
    details: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
}

impl Refusal {
    /// A refusal with its stable sub-code.
    pub(crate) fn new(
        status: u16,
        code: &'static str,
        ec: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST),
            code,
            message: message.into(),
            ec,
            details: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// 400 InvalidArgument, naming the argument.
    pub(crate) fn argument(
        name: &str,
        value: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::new(400, "InvalidArgument", "0017-00000001", message)
            .with("ArgumentName", name)
            .with("ArgumentValue", value)
    }

    /// 403 AccessDenied.
    pub(crate) fn denied(message: impl Into<String>) -> Self {
        Self::new(403, "AccessDenied", "0003-00000001", message)
    }

    /// 404 NoSuchBucket.
    pub(crate) fn no_bucket(name: &str) -> Self {
        Self::new(404, "NoSuchBucket", "0015-00000101", "The specified bucket does not exist.")
            .with("BucketName", name)
    }

    /// 404 NoSuchKey.
    pub(crate) fn no_key(key: &str) -> Self {
        Self::new(404, "NoSuchKey", "0026-00000001", "The specified key does not exist.")
            .with("Key", key)
    }

    /// 400 MalformedXML.
    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        let message = message.into();
        Self::new(
            400,
            "MalformedXML",
            "0017-00000003",
            "The XML you provided was not well-formed or did not validate against our published \
             schema.",
        )
        .with("ErrorDetail", message)
    }

    /// One more element of the error document.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    /// One more header of the answer.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Its code.
    #[cfg(test)]
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// The answer. An answer to HEAD has no body, so the document is in a header.
    pub(crate) fn answer(&self, request_id: &str, host: &str, head: bool) -> Answer {
        let bodiless = head || self.status == StatusCode::NOT_MODIFIED;
        let xml = self.document(request_id, host);
        let mut answer = if bodiless { empty(self.status) } else { document(xml.clone()) };
        *answer.status_mut() = self.status;
        if bodiless {
            answer.headers_mut().remove("content-length");
            set(&mut answer, "x-oss-err", &STANDARD.encode(xml));
        }
        set(&mut answer, "x-oss-ec", self.ec);
        for (name, value) in &self.headers {
            set(&mut answer, name, value);
        }
        answer
    }

    fn document(&self, request_id: &str, host: &str) -> String {
        let mut xml = Writer::new();
        xml.open("Error");
        xml.leaf("Code", self.code);
        xml.leaf("Message", &self.message);
        xml.leaf("RequestId", request_id);
        xml.leaf("HostId", host);
        for (name, value) in &self.details {
            xml.leaf(name, value);
        }
        xml.leaf("EC", self.ec);
        xml.leaf("RecommendDoc", &format!("https://api.aliyun.com/troubleshoot?q={}", self.ec));
        xml.close("Error");
        xml.end()
    }
}
