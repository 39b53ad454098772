//! Why a transform cannot be carried out somewhere, with the number, and what to do about it.

use super::super::Language;
use crate::image::ImageHost;

/// What stands in the way of a transform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    // The parameters
    /// Not a whole number from, to.
    Between(i32, i32),
    /// A parameter that says more about another, which is missing.
    Needs(&'static str),
    /// Stands alone, or not at all.
    Alone,
    /// Not UTF-8, percent-encoded.
    NotEncoded,
    /// Not base64url of UTF-8.
    NotBase64,
    /// It asks for nothing.
    Nothing,
    // The host
    /// A link's option that Hoist has no words for.
    NotHere,
    /// The host does not know this.
    NotThere(ImageHost),
    /// A style is kept by OSS only.
    OnlyOss,
    /// The host does it in another order.
    Order(ImageHost),
    /// The host would enlarge here.
    Enlarges(ImageHost),
    /// The host has one strength for a blur, not two.
    OneStrength,
    /// Nobody processes images for this profile.
    NoHost,
    /// The host has no processing on this domain.
    NotOnDomain(ImageHost),
    /// A signed URL, which changing would break.
    Signed,
    // The source
    SourceBytes {
        host: ImageHost,
        max_mb: u32,
        mb: u64,
    },
    SourceSide {
        host: ImageHost,
        max: u32,
        side: u32,
    },
    SourcePixels {
        host: ImageHost,
        max_mp: u32,
        mp: u64,
    },
    SourceFormat {
        host: ImageHost,
        format: &'static str,
    },
    /// The host makes a still image of an animation.
    Still(ImageHost),
    /// The host serves animations as they are.
    AsItIs(ImageHost),
    /// An animated GIF as WebP.
    AnimatedWebP,
    /// GIF from something else.
    OnlyFromGif,
    /// Quality of a format without.
    QualityFormat(&'static str),
    /// Circle and rounded corners of a GIF.
    NotOnGif,
    /// A rotation of more than so many pixels on a side.
    RotateSide {
        max: u32,
        side: u32,
    },
    /// A crop that starts beyond the image.
    CropOutside {
        width: u32,
        height: u32,
    },
    // The result
    OutputSide {
        format: &'static str,
        max: u32,
        width: u32,
        height: u32,
    },
    HostSide {
        host: ImageHost,
        max: u32,
        width: u32,
        height: u32,
    },
    OutputPixels {
        max: u32,
        width: u32,
        height: u32,
    },
    OutputBox {
        format: &'static str,
        max: (u32, u32),
        width: u32,
        height: u32,
    },
    // Watermarks
    TextLength {
        max: usize,
        length: usize,
    },
    TooManyMarks {
        max: usize,
        count: usize,
    },
    /// The image of a watermark is not at hand.
    NoMark,
    /// No font here has this character.
    NoGlyph(char),
    /// Letters of this script join or run from right to left.
    Script(char),
}

impl Unfit {
    /// As a clause that follows a colon; no full stop.
    pub(super) fn text(&self, language: Language) -> String {
        match language {
            Language::English => self.english().0,
            Language::Chinese => self.chinese().0,
        }
    }

    /// What to do about it; `None` where the usual advice is right.
    pub(super) fn fix(&self, language: Language) -> Option<String> {
        let fix = match language {
            Language::English => self.english().1,
            Language::Chinese => self.chinese().1,
        };
        Some(fix).filter(|fix| !fix.is_empty()).map(str::to_owned)
    }

    fn english(&self) -> (String, &'static str) {
        const HERE: &str = "Process it on this computer instead.";
        const SMALLER: &str = "Upload it smaller, or process it on this computer.";
        const SIZE: &str = "Ask for a smaller size.";
        match self {
            Self::Between(min, max) => (format!("it must be {min} to {max}"), ""),
            Self::Needs(name) => (format!("there is no {name}"), "Add it, or leave this out."),
            Self::Alone => ("it goes with no other parameter".into(), "Leave the others out."),
            Self::NotEncoded => {
                ("it is not UTF-8 with percent-encoding".into(), "Write , as %2C and % as %25.")
            }
            Self::NotBase64 => (
                "it is not UTF-8 in base64url".into(),
                "Encode it with - and _ for + and /, without =.",
            ),
            Self::Nothing => ("it asks for nothing".into(), "Give a size or a format."),
            Self::NotHere => ("Hoist does not know it".into(), "Leave it out."),
            Self::NotThere(host) => (format!("{} cannot do this", host.english()), HERE),
            Self::OnlyOss => (
                "only OSS knows its styles".into(),
                "Process it at OSS, or write out what the style does.",
            ),
            Self::Order(host) => (
                format!("{} crops, rotates, resizes and then filters", host.english()),
                "Write it as a spec, or process it on this computer.",
            ),
            Self::Enlarges(host) => (
                format!("{} enlarges small images here", host.english()),
                "Add limit=0, or use fit=limit.",
            ),
            Self::OneStrength => (
                "Cloudflare has one strength for a blur".into(),
                "Make radius and sigma the same, such as blur=5:5.",
            ),
            Self::NotOnDomain(host) => (
                format!("{} processes no images on this domain", host.english()),
                "Give the profile a public URL on a zone with image transformations.",
            ),
            Self::Signed => (
                "the URL is signed, and the process must be inside the signature".into(),
                "Sign the link with the transform in it.",
            ),
            Self::SourceBytes { host, max_mb, mb } => (
                format!("{} takes images of at most {max_mb} MB, this has {mb} MB", host.english()),
                SMALLER,
            ),
            Self::SourceSide { host, max, side } => (
                format!("{} takes at most {max} pixels on a side, this has {side}", host.english()),
                SMALLER,
            ),
            Self::SourcePixels { host, max_mp, mp } => (
                format!("{} takes at most {max_mp} megapixels, this has {mp}", host.english()),
                SMALLER,
            ),
            Self::SourceFormat { host, format } => (
                format!("{} does not process {format}", host.english()),
                "Upload it as JPEG, PNG or WebP.",
            ),
            Self::Still(host) => (
                format!("{} makes a still image of an animation here", host.english()),
                "Give width and height instead, or take animation=first.",
            ),
            Self::AsItIs(host) => (
                format!("{} serves animations as they are", host.english()),
                "Take the first frame on this computer: animation=first.",
            ),
            Self::AnimatedWebP => (
                "OSS makes no WebP of an animated GIF".into(),
                "Leave the format out, or take format=jpeg for its first frame.",
            ),
            Self::OnlyFromGif => {
                ("OSS makes a GIF only of a GIF".into(), "Take png or webp as the format.")
            }
            Self::QualityFormat(format) => (
                format!("{format} has no quality there; JPEG and WebP have"),
                "Leave q out, or add format=webp.",
            ),
            Self::NotOnGif => (
                "OSS does this to no GIF".into(),
                "Add format=png, or process it on this computer.",
            ),
            Self::RotateSide { max, side } => (
                format!("OSS rotates at most {max} pixels on a side, this has {side}"),
                "Resize it before the rotation.",
            ),
            Self::CropOutside { width, height } => (
                format!("it starts outside of the image, which is {width} × {height}"),
                "Start it inside.",
            ),
            Self::OutputSide { format, max, width, height } => (
                format!("the result would be {width} × {height}; {format} takes {max} on a side"),
                SIZE,
            ),
            Self::HostSide { host, max, width, height } => (
                format!(
                    "the result would be {width} × {height}; {} makes {max} on a side at most",
                    host.english()
                ),
                SIZE,
            ),
            Self::OutputPixels { max, width, height } => (
                format!("the result would be {width} × {height}; at most {max} pixels are made"),
                SIZE,
            ),
            Self::OutputBox { format, max, width, height } => (
                format!(
                    "the result would be {width} × {height}; {format} takes {} × {}",
                    max.0, max.1
                ),
                SIZE,
            ),
            Self::TextLength { max, length } => (
                format!("the text has {length} characters, at most {max} are taken"),
                "Make it shorter.",
            ),
            Self::TooManyMarks { max, count } => {
                (format!("there are {count} watermarks, at most {max} are taken"), "Take one away.")
            }
            Self::NoHost => (
                "nobody processes the images of this profile on the way".into(),
                "Make it here, or set Images of the profile to the service in front of it.",
            ),
            Self::NoMark => (
                "the image of the watermark is in the bucket only".into(),
                "Process it at the host.",
            ),
            Self::NoGlyph(character) => (
                format!("no font on this computer has {}", super::visible(*character)),
                "Install a font that has it, or process it at the host.",
            ),
            Self::Script(character) => (
                format!(
                    "the script of {} cannot be written on this computer",
                    super::visible(*character)
                ),
                "Process it at the host.",
            ),
        }
    }

    fn chinese(&self) -> (String, &'static str) {
        const HERE: &str = "请改为在本机处理。";
        const SMALLER: &str = "请上传更小的图片，或在本机处理。";
        const SIZE: &str = "请设置更小的尺寸。";
        match self {
            Self::Between(min, max) => (format!("必须在 {min} 到 {max} 之间"), ""),
            Self::Needs(name) => (format!("没有 {name}"), "请补上它，或去掉此参数。"),
            Self::Alone => ("不能与其他参数同用".into(), "请去掉其他参数。"),
            Self::NotEncoded => {
                ("不是百分号编码的 UTF-8".into(), "请将 , 写作 %2C，将 % 写作 %25。")
            }
            Self::NotBase64 => {
                ("不是 base64url 编码的 UTF-8".into(), "编码时请用 - 和 _ 代替 + 和 /，不带 =。")
            }
            Self::Nothing => ("没有任何处理".into(), "请设置尺寸或格式。"),
            Self::NotHere => ("Hoist 不认识它".into(), "请去掉它。"),
            Self::NotThere(host) => (format!("{}做不到", host.chinese()), HERE),
            Self::OnlyOss => {
                ("样式只保存在 OSS 上".into(), "请在 OSS 处理，或直接写出样式的内容。")
            }
            Self::Order(host) => (
                format!("{}的顺序是裁剪、旋转、缩放、滤镜", host.chinese()),
                "请改写为参数形式，或在本机处理。",
            ),
            Self::Enlarges(host) => (
                format!("{}在此会放大小图片", host.chinese()),
                "请加上 limit=0，或使用 fit=limit。",
            ),
            Self::OneStrength => {
                ("Cloudflare 的模糊只有一个强度".into(), "请让半径与标准差相同，例如 blur=5:5。")
            }
            Self::NotOnDomain(host) => (
                format!("{}不在此域名上处理图片", host.chinese()),
                "请为配置设置一个已启用图片转换的域名作为公开网址。",
            ),
            Self::Signed => {
                ("网址已签名，处理参数必须包含在签名之内".into(), "请带着处理参数重新签名。")
            }
            Self::SourceBytes { host, max_mb, mb } => {
                (format!("{}最多处理 {max_mb} MB 的图片，此图为 {mb} MB", host.chinese()), SMALLER)
            }
            Self::SourceSide { host, max, side } => {
                (format!("{}要求边长不超过 {max} 像素，此图为 {side}", host.chinese()), SMALLER)
            }
            Self::SourcePixels { host, max_mp, mp } => {
                (format!("{}最多处理 {max_mp} 百万像素，此图为 {mp}", host.chinese()), SMALLER)
            }
            Self::SourceFormat { host, format } => {
                (format!("{}不处理 {format}", host.chinese()), "请上传 JPEG、PNG 或 WebP。")
            }
            Self::Still(host) => (
                format!("{}在此会把动图变成静态图", host.chinese()),
                "请改用宽和高，或使用 animation=first。",
            ),
            Self::AsItIs(host) => {
                (format!("{}原样提供动图", host.chinese()), "请在本机取第一帧：animation=first。")
            }
            Self::AnimatedWebP => {
                ("OSS 不能把 GIF 动图转为 WebP".into(), "请去掉格式，或用 format=jpeg 取第一帧。")
            }
            Self::OnlyFromGif => ("OSS 只能从 GIF 得到 GIF".into(), "请将格式设为 png 或 webp。"),
            Self::QualityFormat(format) => (
                format!("{format} 在此没有质量参数，JPEG 和 WebP 才有"),
                "请去掉 q，或加上 format=webp。",
            ),
            Self::NotOnGif => ("OSS 不对 GIF 做此处理".into(), "请加上 format=png，或在本机处理。"),
            Self::RotateSide { max, side } => (
                format!("OSS 旋转的图片边长不能超过 {max} 像素，此图为 {side}"),
                "请在旋转之前缩小。",
            ),
            Self::CropOutside { width, height } => {
                (format!("起点在图片之外，图片为 {width} × {height}"), "请将起点放在图片之内。")
            }
            Self::OutputSide { format, max, width, height } => {
                (format!("结果为 {width} × {height}，{format} 的边长不能超过 {max}"), SIZE)
            }
            Self::HostSide { host, max, width, height } => {
                (format!("结果为 {width} × {height}，{}的边长不能超过 {max}", host.chinese()), SIZE)
            }
            Self::OutputPixels { max, width, height } => {
                (format!("结果为 {width} × {height}，最多为 {max} 像素"), SIZE)
            }
            Self::OutputBox { format, max, width, height } => {
                (format!("结果为 {width} × {height}，{format} 最大为 {} × {}", max.0, max.1), SIZE)
            }
            Self::TextLength { max, length } => {
                (format!("文字有 {length} 个字符，最多 {max} 个"), "请缩短文字。")
            }
            Self::TooManyMarks { max, count } => {
                (format!("有 {count} 个水印，最多 {max} 个"), "请减少水印。")
            }
            Self::NoHost => {
                ("此配置没有图片处理服务".into(), "请改为在本机处理，或在配置中设置图片处理服务。")
            }
            Self::NoMark => ("水印图片只在存储桶中".into(), "请在服务端处理。"),
            Self::NoGlyph(character) => (
                format!("本机没有包含 {} 的字体", super::visible(*character)),
                "请安装包含它的字体，或在服务端处理。",
            ),
            Self::Script(character) => (
                format!("本机无法书写 {} 所属的文字", super::visible(*character)),
                "请在服务端处理。",
            ),
        }
    }
}
