//! What is wrong with a header, in both languages.

use crate::problem::Language;

/// Why a header cannot be what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It begins like neither format.
    Neither,
    /// A version of GGUF that nobody knows.
    Version(u32),
    /// The file ends before what its header tells of, in bytes.
    Truncated { has: u64, needs: u64 },
    /// More than is ever found in a real one.
    TooMuch { part: Part, found: u64, most: u64 },
    /// Something that makes no sense.
    Odd(Part),
}

/// A part of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Header,
    Text,
    Name,
    Metadata,
    Tensors,
    Shape,
    Offsets,
    Type,
    Alignment,
}

impl Part {
    fn label(self, language: Language) -> &'static str {
        let (en, zh) = match self {
            Part::Header => ("header", "文件头"),
            Part::Text => ("text", "文本"),
            Part::Name => ("name of a tensor", "张量名称"),
            Part::Metadata => ("metadata", "元数据"),
            Part::Tensors => ("list of tensors", "张量列表"),
            Part::Shape => ("shape of a tensor", "张量形状"),
            Part::Offsets => ("position of a tensor", "张量位置"),
            Part::Type => ("type of a value", "值的类型"),
            Part::Alignment => ("alignment", "对齐方式"),
        };
        match language {
            Language::English => en,
            Language::Chinese => zh,
        }
    }
}

impl Flaw {
    /// As a clause that follows a colon; no full stop.
    pub fn text(self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Chinese => self.chinese(),
        }
    }

    fn english(self) -> String {
        match self {
            Flaw::Neither => "it begins like neither safetensors nor GGUF".into(),
            Flaw::Version(version) => format!("version {version} of GGUF is not known"),
            Flaw::Truncated { has, needs } => {
                format!("the file has {has} bytes, and its header tells of {needs}")
            }
            Flaw::TooMuch { part, found, most } => {
                format!("the {} is {found} long, at most {most}", part.label(Language::English))
            }
            Flaw::Odd(part) => format!("the {} makes no sense", part.label(Language::English)),
        }
    }

    fn chinese(self) -> String {
        match self {
            Flaw::Neither => "开头既不是 safetensors 也不是 GGUF".into(),
            Flaw::Version(version) => format!("未知的 GGUF 版本 {version}"),
            Flaw::Truncated { has, needs } => {
                format!("文件有 {has} 字节，而文件头描述了 {needs} 字节")
            }
            Flaw::TooMuch { part, found, most } => {
                format!("{}长度为 {found}，最多 {most}", part.label(Language::Chinese))
            }
            Flaw::Odd(part) => format!("{}不合理", part.label(Language::Chinese)),
        }
    }
}
