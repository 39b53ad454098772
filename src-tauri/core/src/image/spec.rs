//! The text form of a transform: `w=800,h=600,fit=fill,format=webp,q=80`, `preset:NAME`,
//! `style/NAME`, or a raw `image/...` process string.
//!
//! | parameter | value |
//! |---|---|
//! | `orient` | `1` turns the pixels upright |
//! | `crop` | `400x300+10+20@g`: width, height, offset, and from where in the grid below |
//! | `w` `h` | width and height of the box, 1 to 16384 |
//! | `l` `s` | longer and shorter side, used when neither `w` nor `h` is given |
//! | `p` | percentage of the original size, 1 to 1000, alone |
//! | `fit` | `lfit` (default), `mfit`, `fill`, `pad`, `fixed`; `limit` is `lfit` that never enlarges |
//! | `limit` | `1` (default) never enlarges, `0` does |
//! | `color` | background as `RRGGBB`, white by default |
//! | `rotate` | degrees clockwise, 0 to 360 |
//! | `sharpen` | 50 to 399, 100 is usual |
//! | `blur` | `R:S`, radius and sigma, 1 to 50 each |
//! | `bright` `contrast` | -100 to 100 |
//! | `circle` | radius of the circle that is cut out, 1 to 4096 |
//! | `round` | radius of rounded corners, 1 to 4096 |
//! | `text` | text of a watermark, percent-encoded |
//! | `mark` | key of a watermark's image, percent-encoded |
//! | `text-at` `mark-at` | `nw` `north` `ne` `west` `center` `east` `sw` `south` `se` (default) |
//! | `text-x` `text-y` `mark-x` `mark-y` | margins, 0 to 4096, 10 by default |
//! | `text-shift` `mark-shift` | down from the middle row, -1000 to 1000 |
//! | `text-opacity` `mark-opacity` | 0 to 100, 100 by default |
//! | `text-fill` `mark-fill` | `1` repeats it over the image; `-gap-x` `-gap-y` apart, 0 to 4096 |
//! | `text-size` `text-color` | 1 to 1000 pixels, 40 by default; `RRGGBB`, black by default |
//! | `text-rotate` `text-shadow` | 0 to 360 degrees; opacity of the shadow, 0 to 100 |
//! | `text-font` | one of OSS's fonts, `wqy-zenhei` by default |
//! | `mark-scale` | percentage of the size of the image it is laid over, 1 to 100 |
//! | `format` | `jpeg` `png` `webp` `avif` `gif` `bmp` `tiff` |
//! | `q` | quality 1 to 100, or `80%` of the original's |
//! | `interlace` | `1` saves a JPEG that appears whole at first and then gets sharper |
//! | `animation` | `keep` (default) uploads animations as they are, `first` takes the first frame |
//! | `strip` | `1` or `0` overrides the setting for metadata |
//! | `style` | name of a style on OSS, alone |
//!
//! The steps are carried out in the order of this table, in whatever order they are written. A process
//! string keeps its own order; what it has no words for follows a semicolon, as in
//! `image/blur,r_3,s_2/resize,w_100;strip=1`.

use super::step::{
    Blur, Crop, Gravity, MAX_ASKED, MAX_BLUR, MAX_CROP, MAX_PERCENT, MAX_RADIUS, Mark, Overlay,
    Resize, SHARPEN, Step, Text, Watermark,
};
use super::{Fit, Quality, Transform};
use crate::problem::{Code, Problem, Reason, Result, Unfit};
use crate::settings::Preset;

mod overlay;
mod value;
mod write;

pub(super) use value::{
    color, format, gravity, invalid, not_one_of, number, ranged, signed, unfit,
};

const NAMES: [&str; 26] = [
    "w",
    "h",
    "l",
    "s",
    "p",
    "fit",
    "limit",
    "color",
    "format",
    "q",
    "orient",
    "crop",
    "rotate",
    "sharpen",
    "blur",
    "bright",
    "contrast",
    "circle",
    "round",
    "text",
    "mark",
    "interlace",
    "animation",
    "strip",
    "style",
    "preset:NAME",
];

/// What the parameters of a spec said so far.
#[derive(Default)]
struct Draft {
    orient: bool,
    crop: Option<Crop>,
    resize: Resize,
    rest: Vec<Step>,
    text: Option<Watermark>,
    mark: Option<Watermark>,
    rest_of: Transform,
}

impl Transform {
    /// Parses a spec. Empty text is the transform that does nothing.
    pub fn parse(spec: &str, presets: &[Preset]) -> Result<Self> {
        let spec = spec.trim();
        if let Some(name) = spec.strip_prefix("preset:") {
            let name = name.trim();
            let preset = presets
                .iter()
                .find(|preset| preset.name == name)
                .or_else(|| presets.iter().find(|preset| preset.name.eq_ignore_ascii_case(name)))
                .ok_or_else(|| Problem::new(Code::PresetNotFound, name))?;
            if preset.spec.trim().starts_with("preset:") {
                return Err(invalid(&preset.spec, Reason::NotLike("w=1600,format=webp")));
            }
            return Self::parse(&preset.spec, &[]);
        }
        if spec.starts_with("image/") || spec.starts_with("style/") {
            let (process, more) = spec.split_once(';').unwrap_or((spec, ""));
            if spec.starts_with("style/") && !more.trim().is_empty() {
                return Err(unfit(process, Unfit::Alone));
            }
            let mut transform = Self::from_oss_process(process.trim())?;
            let beside = Self::parse_parameters(more)?;
            let known = Self {
                background: beside.background,
                strip: beside.strip,
                first_frame: beside.first_frame,
                ..Self::default()
            };
            if beside != known {
                return Err(not_one_of(more, &["color", "animation", "strip"]));
            }
            transform.background = beside.background;
            transform.strip = beside.strip;
            transform.first_frame = beside.first_frame;
            return Ok(transform);
        }
        Self::parse_parameters(spec)
    }

    fn parse_parameters(spec: &str) -> Result<Self> {
        let mut draft = Draft::default();
        let mut seen: Vec<String> = Vec::new();
        for part in spec.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                return Err(invalid(part, Reason::NotLike("w=800")));
            };
            let name = canonical_name(name.trim());
            if seen.contains(&name) {
                return Err(invalid(&name, Reason::Duplicate(name.clone())));
            }
            draft.set(&name, value.trim(), part, spec)?;
            seen.push(name);
        }
        if seen.iter().any(|name| name == "limit")
            && spec_has_limit_fit(spec)
            && draft.resize.enlarge
        {
            return Err(not_one_of("limit=0", &["limit=1"]));
        }
        draft.transform()
    }
}

impl Draft {
    fn set(&mut self, name: &str, value: &str, part: &str, spec: &str) -> Result<()> {
        let side = || number(part, value, MAX_ASKED).map(Some);
        let (resize, rest) = (&mut self.resize, &mut self.rest);
        match name {
            "orient" => self.orient = value::switch(part, value)?,
            "crop" => self.crop = Some(crop(part, value)?),
            "w" => resize.width = side()?,
            "h" => resize.height = side()?,
            "l" => resize.long = side()?,
            "s" => resize.short = side()?,
            "p" => resize.percent = Some(number(part, value, MAX_PERCENT)? as u16),
            // OSS has this as a switch of its own, others as a kind of fit.
            "fit" if value == "limit" => resize.fit = Fit::Lfit,
            "fit" => {
                resize.fit = Fit::named(value).ok_or_else(|| {
                    not_one_of(part, &["lfit", "mfit", "fill", "pad", "fixed", "limit"])
                })?;
            }
            "limit" => resize.enlarge = !value::switch(part, value)?,
            "color" => resize.color = color(part, value.strip_prefix('#').unwrap_or(value))?,
            "rotate" => rest.extend(rotation(part, value)?),
            "sharpen" => rest.push(sharpening(part, value)?),
            "blur" => {
                let (radius, sigma) = value.split_once(':').unwrap_or((value, value));
                let strength = |value| number(part, value, MAX_BLUR).map(|value| value as u8);
                rest.push(Step::Blur(Blur { radius: strength(radius)?, sigma: strength(sigma)? }));
            }
            "bright" => rest.extend(level(part, value)?.map(Step::Bright)),
            "contrast" => rest.extend(level(part, value)?.map(Step::Contrast)),
            "circle" => rest.push(Step::Circle(radius(part, value)?)),
            "round" => rest.push(Step::Round(radius(part, value)?)),
            "format" => self.rest_of.format = Some(format(part, value)?),
            "q" => {
                self.rest_of.quality = Some(match value.strip_suffix('%') {
                    Some(share) => Quality::Relative(number(part, share, 100)? as u8),
                    None => Quality::Absolute(number(part, value, 100)? as u8),
                });
            }
            "interlace" => self.rest_of.interlace = value::switch(part, value)?,
            "animation" => {
                self.rest_of.first_frame = match value {
                    "first" => true,
                    "keep" => false,
                    _ => return Err(not_one_of(part, &["keep", "first"])),
                };
            }
            "strip" => self.rest_of.strip = Some(value::switch(part, value)?),
            "style" => {
                if value.is_empty() {
                    return Err(invalid(part, Reason::Missing));
                }
                if spec.contains(',') {
                    return Err(unfit(part, Unfit::Alone));
                }
                self.rest_of.style = Some(value::decoded(part, value)?);
            }
            "text" => {
                let text = value::decoded(part, value)?;
                if text.is_empty() {
                    return Err(invalid(part, Reason::Missing));
                }
                let default = || Watermark::new(Overlay::Text(Text::new("")));
                if let Overlay::Text(own) = &mut self.text.get_or_insert_with(default).overlay {
                    own.text = text;
                }
            }
            "mark" => {
                let key = value::decoded(part, value)?;
                if key.is_empty() {
                    return Err(invalid(part, Reason::Missing));
                }
                // OSS reads what follows it as a process of its own.
                if key.contains('?') {
                    return Err(invalid(part, Reason::BadCharacter('?')));
                }
                if let Overlay::Image(own) = &mut self.mark.get_or_insert_with(no_mark).overlay {
                    own.key = key;
                }
            }
            _ => match name.split_once('-') {
                Some(("text", detail)) => {
                    let default = || Watermark::new(Overlay::Text(Text::new("")));
                    self.text.get_or_insert_with(default).set(detail, part, value)?;
                }
                Some(("mark", detail)) => {
                    self.mark.get_or_insert_with(no_mark).set(detail, part, value)?;
                }
                _ => return Err(not_one_of(name, &NAMES)),
            },
        }
        Ok(())
    }

    fn transform(self) -> Result<Transform> {
        let Self { orient, crop, resize, rest, text, mark, rest_of: mut transform } = self;
        let sized = Resize { percent: None, ..resize }.is_asked();
        if resize.percent.is_some() && sized {
            return Err(invalid("p", Reason::NotLike("p=50")));
        }
        for (watermark, name) in [(&text, "text"), (&mark, "mark")] {
            if watermark.as_ref().is_some_and(|watermark| watermark.overlay.is_blank()) {
                return Err(unfit(format!("{name}-…"), Unfit::Needs(name)));
            }
        }
        let mut steps: Vec<Step> = Vec::new();
        steps.extend(orient.then_some(Step::Orient));
        steps.extend(crop.map(Step::Crop));
        if resize.is_asked() {
            steps.push(Step::Resize(resize));
        } else {
            transform.background = resize.color;
        }
        steps.extend(rest);
        steps.extend([text, mark].into_iter().flatten().map(Step::Watermark));
        steps.sort_by_key(Step::rank);
        transform.steps = steps;
        Ok(transform)
    }
}

fn no_mark() -> Watermark {
    Watermark::new(Overlay::Image(Mark { key: String::new(), scale: None }))
}

/// `400x300+10+20@se`; each side, the offset and the place may be left out.
fn crop(part: &str, value: &str) -> Result<Crop> {
    const LIKE: Reason = Reason::NotLike("crop=400x300+10+20@nw");
    let (rest, at) = match value.split_once('@') {
        Some((rest, place)) => (rest, gravity(part, place)?),
        None => (value, Gravity::Nw),
    };
    let mut pieces = rest.split('+');
    let Some((width, height)) = pieces.next().and_then(|size| size.split_once('x')) else {
        return Err(invalid(part, LIKE));
    };
    let side = |value: &str| match value {
        "" => Ok(None),
        value => number(part, value, MAX_CROP).map(Some),
    };
    let (x, y) = match (pieces.next(), pieces.next(), pieces.next()) {
        (None, ..) => (0, 0),
        (Some(x), Some(y), None) => {
            (ranged(part, x, (0, MAX_CROP))?, ranged(part, y, (0, MAX_CROP))?)
        }
        _ => return Err(invalid(part, LIKE)),
    };
    let crop = Crop { width: side(width)?, height: side(height)?, x, y, at };
    if crop.is_whole() { Err(invalid(part, LIKE)) } else { Ok(crop) }
}

/// 0 and 360 turn nothing.
pub(super) fn rotation(part: &str, value: &str) -> Result<Option<Step>> {
    let degrees = ranged(part, value, (0, 360))? as u16;
    Ok(Some(degrees % 360).filter(|degrees| *degrees != 0).map(Step::Rotate))
}

pub(super) fn sharpening(part: &str, value: &str) -> Result<Step> {
    ranged(part, value, SHARPEN).map(|strength| Step::Sharpen(strength as u16))
}

/// Brightness or contrast; 0 changes nothing.
pub(super) fn level(part: &str, value: &str) -> Result<Option<i8>> {
    let level = signed(part, value, (-100, 100))? as i8;
    Ok(Some(level).filter(|level| *level != 0))
}

pub(super) fn radius(part: &str, value: &str) -> Result<u16> {
    number(part, value, MAX_RADIUS).map(|radius| radius as u16)
}

fn spec_has_limit_fit(spec: &str) -> bool {
    spec.split(',')
        .any(|part| part.replace(' ', "") == "fit=limit" || part.replace(' ', "") == "m=limit")
}

fn canonical_name(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "width" => "w",
        "height" => "h",
        "long" => "l",
        "short" => "s",
        "percent" => "p",
        "m" => "fit",
        "background" => "color",
        "f" => "format",
        "quality" => "q",
        _ => return name,
    }
    .to_owned()
}

#[cfg(test)]
mod tests;
