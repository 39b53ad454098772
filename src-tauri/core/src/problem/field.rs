//! The fields and settings a problem can point at.

use serde::Serialize;

use super::Language;

/// A field of a profile's form, or a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum FieldName {
    // A profile
    Name,
    Provider,
    AccountId,
    Jurisdiction,
    Region,
    Endpoint,
    Bucket,
    Prefix,
    PublicUrl,
    PathStyle,
    AccessKeyId,
    SecretAccessKey,
    SessionToken,
    Cname,
    EndpointKind,
    Signature,
    Images,
    TransformPlace,
    // Both
    Naming,
    Transform,
    // Settings
    DefaultProfile,
    LinkFormat,
    Presets,
    CustomFormats,
    Concurrency,
    Shortcut,
    StorePort,
    // A backup rule
    Folder,
    Patterns,
    Excludes,
    Destination,
    Profile,
    When,
}

impl FieldName {
    /// Every one, for tests and tables.
    pub const ALL: [FieldName; 33] = [
        FieldName::Name,
        FieldName::Provider,
        FieldName::AccountId,
        FieldName::Jurisdiction,
        FieldName::Region,
        FieldName::Endpoint,
        FieldName::Bucket,
        FieldName::Prefix,
        FieldName::PublicUrl,
        FieldName::PathStyle,
        FieldName::AccessKeyId,
        FieldName::SecretAccessKey,
        FieldName::SessionToken,
        FieldName::Cname,
        FieldName::EndpointKind,
        FieldName::Signature,
        FieldName::Images,
        FieldName::TransformPlace,
        FieldName::Naming,
        FieldName::Transform,
        FieldName::DefaultProfile,
        FieldName::LinkFormat,
        FieldName::Presets,
        FieldName::CustomFormats,
        FieldName::Concurrency,
        FieldName::Shortcut,
        FieldName::StorePort,
        FieldName::Folder,
        FieldName::Patterns,
        FieldName::Excludes,
        FieldName::Destination,
        FieldName::Profile,
        FieldName::When,
    ];

    /// As the form labels it.
    pub fn label(self, language: Language) -> &'static str {
        let (en, zh) = match self {
            FieldName::Name => ("Name", "名称"),
            FieldName::Provider => ("Provider", "服务商"),
            FieldName::AccountId => ("Account ID", "账户 ID"),
            FieldName::Jurisdiction => ("Jurisdiction", "司法管辖区"),
            FieldName::Region => ("Region", "区域"),
            FieldName::Endpoint => ("Endpoint", "端点"),
            FieldName::Bucket => ("Bucket", "存储桶"),
            FieldName::Prefix => ("Folder", "文件夹"),
            FieldName::PublicUrl => ("Public address", "公开地址"),
            FieldName::PathStyle => ("Addressing", "寻址方式"),
            FieldName::AccessKeyId => ("Access key ID", "访问密钥 ID"),
            FieldName::SecretAccessKey => ("Secret key", "访问密钥"),
            FieldName::SessionToken => ("Session token", "会话令牌"),
            FieldName::Cname => ("Requests through the domain", "经自定义域名访问"),
            FieldName::EndpointKind => ("Endpoint type", "端点类型"),
            FieldName::Signature => ("Signature version", "签名版本"),
            FieldName::Images => ("Image service", "图片服务"),
            FieldName::TransformPlace => ("Transform at", "处理位置"),
            FieldName::Naming => ("Name pattern", "命名规则"),
            FieldName::Transform => ("Transform", "图片处理"),
            FieldName::DefaultProfile => ("Default profile", "默认配置"),
            FieldName::LinkFormat => ("Link format", "链接格式"),
            FieldName::Presets => ("Presets", "预设"),
            FieldName::CustomFormats => ("Link formats", "自定义格式"),
            FieldName::Concurrency => ("Uploads at the same time", "同时上传"),
            FieldName::Shortcut => ("Shortcut", "快捷键"),
            FieldName::StorePort => ("Store port", "存储端口"),
            FieldName::Folder => ("Folder to back up", "备份文件夹"),
            FieldName::Patterns => ("Files", "文件"),
            FieldName::Excludes => ("Except", "排除"),
            FieldName::Destination => ("Destination", "目标文件夹"),
            FieldName::Profile => ("Profile", "配置"),
            FieldName::When => ("When", "时机"),
        };
        match language {
            Language::English => en,
            Language::Chinese => zh,
        }
    }
}

impl From<crate::view::Field> for FieldName {
    fn from(field: crate::view::Field) -> Self {
        use crate::view::Field;
        match field {
            Field::AccountId => FieldName::AccountId,
            Field::Jurisdiction => FieldName::Jurisdiction,
            Field::Region => FieldName::Region,
            Field::Endpoint => FieldName::Endpoint,
            Field::Bucket => FieldName::Bucket,
            Field::Prefix => FieldName::Prefix,
            Field::PublicUrl => FieldName::PublicUrl,
            Field::PathStyle => FieldName::PathStyle,
            Field::AccessKeyId => FieldName::AccessKeyId,
            Field::SecretAccessKey => FieldName::SecretAccessKey,
            Field::SessionToken => FieldName::SessionToken,
            Field::Cname => FieldName::Cname,
            Field::EndpointKind => FieldName::EndpointKind,
            Field::Signature => FieldName::Signature,
            Field::Images => FieldName::Images,
        }
    }
}
