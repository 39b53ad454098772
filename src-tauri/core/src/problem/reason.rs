//! What exactly is wrong with a value, with the number or word that matters, in both languages.

use super::Language;

mod unfit;

pub use unfit::Unfit;

/// The part of a problem's sentence that names the character, column, limit or choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    // Any field
    /// Nothing was given.
    Missing,
    /// Not an http or https URL.
    NotUrl,
    /// A URL with a user name, a query or a fragment.
    UrlHasExtras,
    /// Holds a character that is not allowed.
    BadCharacter(char),
    /// Longer than this many characters.
    TooLong(usize),
    /// Not a number from, to.
    OutOfRange(u32, u32),
    /// None of the values that exist.
    NotOneOf(Vec<String>),
    /// The same name twice.
    Duplicate(String),
    /// A name with a meaning of its own.
    Reserved(String),
    /// Not like the example.
    NotLike(&'static str),
    /// Only profiles of this provider have it.
    OnlyFor(&'static str),
    /// `${NAME}` of a variable that is not set.
    VariableMissing(String),
    // Patterns and templates; columns start at 1
    /// A pattern or template without anything in it.
    Empty,
    /// `{` without its `}`.
    Unclosed { column: usize },
    /// `}` without its `{`.
    StrayBrace { column: usize },
    /// `{token}` that does not exist.
    UnknownToken { token: String, column: usize },
    /// `{token:N}` with an N that the token does not take.
    BadCount { token: String, column: usize, max: usize },
    /// `{token:N}` of a token that takes no N.
    NoCount { token: String, column: usize },
    /// The pattern gives every upload the same key.
    SameForAll,
    /// The template has no `{url}`.
    NoUrl,
    // Backup rules
    /// `{token}` that is no date, where only dates may stand.
    NotADate { token: String, column: usize },
    /// A path that begins nowhere.
    NotAbsolute,
    /// A list of texts is expected.
    NotAList,
    /// A pattern that leads out of the folder.
    LeadsOut(String),
    /// A pattern of files that cannot be read.
    Glob(String),
    // Buckets
    /// What the provider says of it, in its own words.
    Said(String),
    /// The provider does not have this to be set up.
    Lacks(hoist_store::Section),
    /// There are so many rules, and not the one that was named.
    NoRule(u32),
    // Files
    /// What is wrong at a place of a file; `key` is empty when it is no key's value.
    At { line: usize, column: usize, key: String, reason: Box<Reason> },
    /// Not TOML; the words are the parser's.
    Syntax(String),
    /// Not UTF-8.
    NotUtf8,
    /// A table is expected.
    NotATable,
    /// Tables in [[double brackets]] of this name are expected.
    NotTables(&'static str),
    /// A text in quotes is expected.
    NotText,
    /// The operating system does not permit it.
    NotPermitted,
    /// There is no such file or folder.
    NoSuchFile,
    /// The disk cannot be written.
    ReadOnly,
    /// It lies behind this link.
    ThroughLink(String),
    /// An error number of the operating system.
    Os(i32),
    // Transforms
    /// Why a transform cannot be carried out.
    Unfit(Unfit),
    /// What is wrong with the header of a model file.
    Header(crate::model::Flaw),
    // Keys
    /// The provider has never heard of the access key id.
    KeyUnknown,
    /// The signature was made with another secret than the key's.
    SecretWrong,
    /// The session token is of other keys, or none at all.
    TokenWrong,
    // Connections
    /// No address is known for this host.
    HostUnknown(String),
    /// Nothing listens there.
    ConnectionRefused,
    /// TLS failed: the certificate, most often.
    Certificate,
    /// Nothing came back in this many seconds.
    NoAnswer(u64),
    /// The answer broke off.
    Interrupted,
}

impl Reason {
    /// What the operating system said.
    pub fn from_io(error: &std::io::Error) -> Self {
        use std::io::ErrorKind as Io;
        match error.kind() {
            Io::PermissionDenied => Reason::NotPermitted,
            Io::NotFound => Reason::NoSuchFile,
            Io::ReadOnlyFilesystem => Reason::ReadOnly,
            _ => Reason::Os(error.raw_os_error().unwrap_or(0)),
        }
    }

    /// Which of the keys a provider's code is about.
    pub(crate) fn said(code: &str) -> Option<Self> {
        Some(match code {
            "InvalidAccessKeyId" => Reason::KeyUnknown,
            "SignatureDoesNotMatch" => Reason::SecretWrong,
            "InvalidToken" | "InvalidSecurityToken" | "AccessKeyIdAndSecurityTokenNotMatch" => {
                Reason::TokenWrong
            }
            _ => return None,
        })
    }

    /// As a clause that follows a colon; no full stop.
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Chinese => self.chinese(),
        }
    }

    /// What to do about it, where the reason knows better than the code.
    pub fn fix(&self, language: Language) -> Option<String> {
        match self {
            Reason::Unfit(unfit) => unfit.fix(language),
            _ => None,
        }
    }

    fn english(&self) -> String {
        match self {
            Reason::Missing => "it is empty".into(),
            Reason::NotUrl => "it is not a URL that starts with https:// or http://".into(),
            Reason::UrlHasExtras => "a user name, ? or # has no place in this URL".into(),
            Reason::BadCharacter(c) => format!("the character {} is not allowed", visible(*c)),
            Reason::TooLong(max) => format!("it is longer than {max} characters"),
            Reason::OutOfRange(min, max) => format!("it must be {min} to {max}"),
            Reason::NotOneOf(choices) => format!("it must be one of {}", choices.join(", ")),
            Reason::Duplicate(name) => format!("{name} is there twice"),
            Reason::Reserved(name) => format!("{name} has a meaning of its own"),
            Reason::NotLike(example) => format!("it must look like {example}"),
            Reason::OnlyFor(provider) => format!("only profiles of provider {provider} have it"),
            Reason::VariableMissing(name) => format!("the environment variable {name} is not set"),
            Reason::Empty => "it is empty".into(),
            Reason::Unclosed { column } => format!("the {{ in column {column} has no }}"),
            Reason::StrayBrace { column } => format!("the }} in column {column} has no {{"),
            Reason::UnknownToken { token, column } => {
                format!("{{{token}}} in column {column} does not exist")
            }
            Reason::BadCount { token, column, max } => {
                format!("{{{token}:N}} in column {column} takes a number from 1 to {max}")
            }
            Reason::NoCount { token, column } => {
                format!("{{{token}}} in column {column} takes no number")
            }
            Reason::SameForAll => "it gives every upload the same key".into(),
            Reason::NoUrl => "it has no {url}".into(),
            Reason::NotADate { token, column } => format!(
                "{{{token}}} in column {column} is no date; there are {{year}}, {{month}}, {{day}}, {{hour}}, {{minute}} and {{second}}"
            ),
            Reason::NotAbsolute => "it must be a whole path, from the root".into(),
            Reason::NotAList => "it must be a list of texts in quotes".into(),
            Reason::LeadsOut(pattern) => format!("{pattern} leads out of the folder"),
            Reason::Glob(pattern) => {
                format!("a bracket, brace, range or backslash in {pattern} is not complete")
            }
            Reason::At { line, column, key, reason } => {
                let key = if key.is_empty() { String::new() } else { format!(" ({key})") };
                format!("line {line}, column {column}{key}: {}", reason.english())
            }
            Reason::Syntax(words) => words.clone(),
            Reason::NotUtf8 => "it is not UTF-8".into(),
            Reason::NotATable => "it must be a table in [brackets]".into(),
            Reason::NotTables(name) => format!("it must be tables in [[{name}]]"),
            Reason::NotText => "it must be a text in quotes".into(),
            Reason::NotPermitted => "permission denied".into(),
            Reason::NoSuchFile => "no such file or folder".into(),
            Reason::ReadOnly => "the disk is read-only".into(),
            Reason::ThroughLink(link) => format!("it lies behind the link {link}"),
            Reason::Os(number) => format!("system error {number}"),
            Reason::Unfit(unfit) => unfit.text(Language::English),
            Reason::Header(flaw) => flaw.text(Language::English),
            Reason::KeyUnknown => "it does not know the access key ID".into(),
            Reason::SecretWrong => "the secret key is not that of the access key ID".into(),
            Reason::TokenWrong => "the session token does not belong to the keys".into(),
            Reason::HostUnknown(host) => format!("no address is known for {host}"),
            Reason::ConnectionRefused => "nothing listens at this address".into(),
            Reason::Certificate => "its TLS certificate is not valid".into(),
            Reason::NoAnswer(seconds) => format!("no answer in {seconds} s"),
            Reason::Interrupted => "the connection broke off".into(),
            Reason::Said(words) => words.clone(),
            Reason::Lacks(section) => format!("it does not have {}", section_label(*section).0),
            Reason::NoRule(0) => "there are no rules".into(),
            Reason::NoRule(count) => format!("the rules have the numbers 1 to {count}"),
        }
    }

    fn chinese(&self) -> String {
        match self {
            Reason::Missing => "内容为空".into(),
            Reason::NotUrl => "不是以 https:// 或 http:// 开头的网址".into(),
            Reason::UrlHasExtras => "此网址中不能有用户名、? 或 #".into(),
            Reason::BadCharacter(c) => format!("不允许使用字符 {}", visible(*c)),
            Reason::TooLong(max) => format!("超过 {max} 个字符"),
            Reason::OutOfRange(min, max) => format!("必须在 {min} 到 {max} 之间"),
            Reason::NotOneOf(choices) => format!("必须是以下之一：{}", choices.join("、")),
            Reason::Duplicate(name) => format!("{name} 出现了两次"),
            Reason::Reserved(name) => format!("{name} 另有含义"),
            Reason::NotLike(example) => format!("格式应如 {example}"),
            Reason::OnlyFor(provider) => format!("只有 {provider} 的配置才有此项"),
            Reason::VariableMissing(name) => format!("环境变量 {name} 未设置"),
            Reason::Empty => "内容为空".into(),
            Reason::Unclosed { column } => format!("第 {column} 列的 {{ 没有对应的 }}"),
            Reason::StrayBrace { column } => format!("第 {column} 列的 }} 没有对应的 {{"),
            Reason::UnknownToken { token, column } => {
                format!("第 {column} 列的 {{{token}}} 不存在")
            }
            Reason::BadCount { token, column, max } => {
                format!("第 {column} 列的 {{{token}:N}} 只接受 1 到 {max} 的数字")
            }
            Reason::NoCount { token, column } => format!("第 {column} 列的 {{{token}}} 不接受数字"),
            Reason::SameForAll => "它会让每次上传都得到相同的对象键".into(),
            Reason::NoUrl => "其中没有 {url}".into(),
            Reason::NotADate { token, column } => format!(
                "第 {column} 列的 {{{token}}} 不是日期；可用的有 {{year}}、{{month}}、{{day}}、{{hour}}、{{minute}} 和 {{second}}"
            ),
            Reason::NotAbsolute => "必须是从根开始的完整路径".into(),
            Reason::NotAList => "应为带引号文本的列表".into(),
            Reason::LeadsOut(pattern) => format!("{pattern} 指向文件夹之外"),
            Reason::Glob(pattern) => format!("{pattern} 中的括号、范围或反斜杠不完整"),
            Reason::At { line, column, key, reason } => {
                let key = if key.is_empty() { String::new() } else { format!("（{key}）") };
                format!("第 {line} 行第 {column} 列{key}：{}", reason.chinese())
            }
            Reason::Syntax(words) => format!("TOML 语法错误（{words}）"),
            Reason::NotUtf8 => "不是 UTF-8 编码".into(),
            Reason::NotATable => "应为 [方括号] 形式的表".into(),
            Reason::NotTables(name) => format!("应为 [[{name}]] 形式的表"),
            Reason::NotText => "应为带引号的文本".into(),
            Reason::NotPermitted => "没有权限".into(),
            Reason::NoSuchFile => "文件或文件夹不存在".into(),
            Reason::ReadOnly => "磁盘为只读".into(),
            Reason::ThroughLink(link) => format!("它位于链接 {link} 之后"),
            Reason::Os(number) => format!("系统错误 {number}"),
            Reason::Unfit(unfit) => unfit.text(Language::Chinese),
            Reason::Header(flaw) => flaw.text(Language::Chinese),
            Reason::KeyUnknown => "访问密钥 ID 不存在".into(),
            Reason::SecretWrong => "访问密钥与访问密钥 ID 不匹配".into(),
            Reason::TokenWrong => "会话令牌与密钥不匹配".into(),
            Reason::HostUnknown(host) => format!("找不到 {host} 的地址"),
            Reason::ConnectionRefused => "该地址没有服务在监听".into(),
            Reason::Certificate => "TLS 证书无效".into(),
            Reason::NoAnswer(seconds) => format!("{seconds} 秒内没有响应"),
            Reason::Interrupted => "连接中断".into(),
            Reason::Said(words) => words.clone(),
            Reason::Lacks(section) => format!("不支持{}", section_label(*section).1),
            Reason::NoRule(0) => "没有任何规则".into(),
            Reason::NoRule(count) => format!("规则编号为 1 到 {count}"),
        }
    }
}

/// A character as it can be read in a sentence.
fn visible(c: char) -> String {
    if c == ' ' {
        "\" \"".into()
    } else if c.is_control() || c.is_whitespace() {
        format!("U+{:04X}", u32::from(c))
    } else {
        c.to_string()
    }
}

/// What can be set up on a bucket, in both languages.
fn section_label(section: hoist_store::Section) -> (&'static str, &'static str) {
    use hoist_store::Section;
    match section {
        Section::Acl => ("ACLs of buckets", "存储桶 ACL"),
        Section::Cors => ("CORS rules", "跨域规则"),
        Section::Lifecycle => ("lifecycle rules", "生命周期规则"),
        Section::Referer => ("referer lists", "防盗链"),
        Section::Logging => ("access logs", "访问日志"),
        Section::Website => ("static sites", "静态网站"),
        Section::Encryption => ("encryption of buckets", "存储桶加密"),
        Section::Versioning => ("versioning", "版本控制"),
        Section::PublicAccessBlock => ("a block of public access", "阻止公共访问"),
    }
}
