//! The form of each provider. Regions to choose from are the common ones; any other can be typed.

use crate::profile::{EndpointKind, Images, Provider, Signature};
use crate::view::{Field, FieldView, ProviderView};

/// The forms of every provider, in order.
pub fn all() -> Vec<ProviderView> {
    Provider::ALL.into_iter().map(spec).collect()
}

/// The form of one provider.
pub fn spec(provider: Provider) -> ProviderView {
    let (label, badge) = match provider {
        Provider::Local => ("Built-in store", "here"),
        Provider::R2 => ("Cloudflare R2", "R2"),
        Provider::S3 => ("Amazon S3 or compatible", "S3"),
        Provider::Minio => ("MinIO", "MIN"),
        Provider::Cos => ("Tencent Cloud COS", "COS"),
        Provider::Obs => ("Huawei Cloud OBS", "OBS"),
        Provider::Vultr => ("Vultr Object Storage", "VLT"),
        Provider::Runpod => ("RunPod network volume", "RUN"),
        Provider::B2 => ("Backblaze B2", "B2"),
        Provider::Spaces => ("DigitalOcean Spaces", "DO"),
        Provider::Wasabi => ("Wasabi", "WSB"),
        Provider::Oss => ("Aliyun OSS", "OSS"),
    };
    ProviderView {
        provider,
        label: label.into(),
        badge: badge.into(),
        fields: fields(provider),
        path_style_default: provider.path_style_default(),
    }
}

fn fields(provider: Provider) -> Vec<FieldView> {
    let public = |example| optional(Field::PublicUrl, example);
    let keys =
        |id, secret| [required(Field::AccessKeyId, id), required(Field::SecretAccessKey, secret)];
    let prefix = optional(Field::Prefix, "blog/");
    let mut fields = match provider {
        Provider::Local => return vec![prefix],
        Provider::R2 => vec![
            required(Field::AccountId, "023e105f4ecef8ad9ca31a8372d0c353"),
            choices(optional(Field::Jurisdiction, ""), &["eu", "fedramp"]),
            required(Field::Bucket, "images"),
            prefix,
            public("https://img.example.com"),
            choices(optional(Field::Images, ""), &["cloudflare", "none"]),
        ],
        Provider::Oss => vec![
            choices(required(Field::Region, "cn-hangzhou"), OSS),
            required(Field::Bucket, "images"),
            prefix,
            public("https://img.example.com"),
            optional(Field::Cname, ""),
            choices(optional(Field::EndpointKind, ""), &ids(&EndpointKind::ALL)),
            optional(Field::Endpoint, "https://oss-cn-hangzhou.aliyuncs.com"),
            choices(optional(Field::Signature, ""), &ids(&Signature::ALL)),
            choices(optional(Field::Images, ""), &ids(&Images::ALL)),
        ],
        Provider::S3 => vec![
            choices(required(Field::Region, "eu-central-1"), AWS),
            optional(Field::Endpoint, "https://s3.example.com"),
            required(Field::Bucket, "images"),
            prefix,
            public("https://img.example.com"),
            optional(Field::PathStyle, ""),
        ],
        Provider::Minio => vec![
            required(Field::Endpoint, "https://minio.example.com:9000"),
            optional(Field::Region, "us-east-1"),
            required(Field::Bucket, "images"),
            prefix,
            public("https://img.example.com"),
            optional(Field::PathStyle, ""),
        ],
        Provider::Runpod => vec![
            choices(required(Field::Region, "EU-RO-1"), RUNPOD),
            required(Field::Bucket, "1a2b3c4d5e"),
            prefix,
            public("https://img.example.com"),
        ],
        Provider::Cos => regional("ap-guangzhou", COS, "images-1250000000"),
        Provider::Obs => regional("cn-north-4", OBS, "images"),
        Provider::Vultr => regional("ewr1", VULTR, "images"),
        Provider::B2 => regional("us-west-004", B2, "images"),
        Provider::Spaces => regional("fra1", SPACES, "images"),
        Provider::Wasabi => regional("eu-central-1", WASABI, "images"),
    };
    fields.extend(match provider {
        Provider::Cos => keys("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", ""),
        Provider::Runpod => keys("user_2f21CfO73Mm2Uq2lEGFiEF24IPw", ""),
        Provider::B2 => keys("0045f0571db506a0000000001", ""),
        Provider::S3 => keys("AKIAIOSFODNN7EXAMPLE", ""),
        Provider::Oss => keys("LTAI5tEXAMPLEEXAMPLE0001", ""),
        _ => keys("", ""),
    });
    let temporary = [Provider::S3, Provider::Minio, Provider::Cos, Provider::R2, Provider::Oss];
    if temporary.contains(&provider) {
        fields.push(optional(Field::SessionToken, ""));
    }
    fields
}

fn regional(example: &str, regions: &[&str], bucket: &str) -> Vec<FieldView> {
    vec![
        choices(required(Field::Region, example), regions),
        required(Field::Bucket, bucket),
        optional(Field::Prefix, "blog/"),
        optional(Field::PublicUrl, "https://img.example.com"),
    ]
}

fn ids<T, const N: usize>(all: &[(&'static str, T); N]) -> [&'static str; N] {
    std::array::from_fn(|index| all[index].0)
}

fn required(field: Field, example: &str) -> FieldView {
    FieldView { field, required: true, example: example.into(), choices: Vec::new() }
}

fn optional(field: Field, example: &str) -> FieldView {
    FieldView { required: false, ..required(field, example) }
}

fn choices(field: FieldView, choices: &[&str]) -> FieldView {
    FieldView { choices: choices.iter().map(|choice| (*choice).to_owned()).collect(), ..field }
}

/// Public regions of "Regions and endpoints" in OSS's documentation; the address of each is
/// `oss-{region}.aliyuncs.com`.
const OSS: &[&str] = &[
    "cn-hangzhou",
    "cn-shanghai",
    "cn-nanjing",
    "cn-fuzhou",
    "cn-wuhan-lr",
    "cn-qingdao",
    "cn-beijing",
    "cn-zhangjiakou",
    "cn-huhehaote",
    "cn-wulanchabu",
    "cn-shenzhen",
    "cn-heyuan",
    "cn-guangzhou",
    "cn-chengdu",
    "cn-hongkong",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-southeast-1",
    "ap-southeast-3",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ap-southeast-8",
    "us-west-1",
    "us-east-1",
    "na-south-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "me-east-1",
    "me-central-1",
];

const AWS: &[&str] = &[
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "ca-west-1",
    "sa-east-1",
    "mx-central-1",
    "eu-central-1",
    "eu-central-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "me-central-1",
    "me-south-1",
    "il-central-1",
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "cn-north-1",
    "cn-northwest-1",
];

const COS: &[&str] = &[
    "ap-beijing",
    "ap-nanjing",
    "ap-shanghai",
    "ap-guangzhou",
    "ap-chengdu",
    "ap-chongqing",
    "ap-hongkong",
    "ap-singapore",
    "ap-jakarta",
    "ap-seoul",
    "ap-bangkok",
    "ap-tokyo",
    "na-siliconvalley",
    "na-ashburn",
    "sa-saopaulo",
    "eu-frankfurt",
];

const OBS: &[&str] = &[
    "cn-north-1",
    "cn-north-4",
    "cn-north-9",
    "cn-east-2",
    "cn-east-3",
    "cn-south-1",
    "cn-southwest-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "af-south-1",
    "la-north-2",
    "la-south-2",
    "sa-brazil-1",
];

const VULTR: &[&str] = &["ewr1", "sjc1", "ams1", "blr1", "del1", "sgp1", "lux1"];

const RUNPOD: &[&str] = &[
    "EU-CZ-1", "EU-RO-1", "EUR-IS-1", "EUR-NO-1", "US-CA-2", "US-GA-2", "US-IL-1", "US-KS-2",
    "US-MD-1", "US-MO-1", "US-MO-2", "US-NC-1", "US-NC-2", "US-NE-1", "US-WA-1",
];

const B2: &[&str] = &[
    "us-west-000",
    "us-west-001",
    "us-west-002",
    "us-west-004",
    "us-east-005",
    "ca-east-006",
    "eu-central-003",
];

const SPACES: &[&str] =
    &["nyc3", "sfo2", "sfo3", "tor1", "ams3", "fra1", "lon1", "blr1", "sgp1", "syd1"];

const WASABI: &[&str] = &[
    "us-east-1",
    "us-east-2",
    "us-central-1",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "eu-central-1",
    "eu-central-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-southeast-1",
    "ap-southeast-2",
];
