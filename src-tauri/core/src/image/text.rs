//! Text as pixels, with the fonts of this computer.
//!
//! Characters are set one beside the other. Scripts whose letters join or run from right to left need
//! more than that, and are refused rather than written wrongly.

use std::collections::HashMap;
use std::sync::OnceLock;

use ::image::{DynamicImage, GrayImage, Rgba, RgbaImage};
use ab_glyph::{Font as _, FontRef, FontVec, PxScale, ScaleFont as _, point};
use fontdb::{Database, ID, Style, Weight};

use super::spec::unfit;
use super::step::{Font, Text};
use super::{Limits, Rgb, shape};
use crate::problem::{Code, Problem, Reason, Result, Unfit};

/// Fonts to choose from.
pub(super) struct Fonts(Database);

impl Fonts {
    /// Those of this computer, looked for once.
    pub(super) fn system() -> &'static Self {
        static SYSTEM: OnceLock<Fonts> = OnceLock::new();
        SYSTEM.get_or_init(|| {
            let mut fonts = Database::new();
            fonts.load_system_fonts();
            Self(fonts)
        })
    }

    /// The faces to try, best first: those like the one asked for, then usual ones, then all.
    fn faces(&self, font: Font) -> Vec<ID> {
        let wanted: Vec<&str> = families(font).iter().chain(USUAL).copied().collect();
        let mut faces: Vec<(usize, bool, ID)> = self
            .0
            .faces()
            .map(|face| {
                let named = |family: &&str| face.families.iter().any(|(name, _)| name == family);
                let place = wanted.iter().position(named).unwrap_or(wanted.len());
                let upright = face.style == Style::Normal && face.weight == Weight::NORMAL;
                (place, !upright, face.id)
            })
            .collect();
        faces.sort_by_key(|(place, slanted, _)| (*place, *slanted));
        faces.into_iter().map(|(_, _, id)| id).collect()
    }

    fn has(&self, id: ID, character: char) -> bool {
        let has = self.0.with_face_data(id, |data, index| {
            FontRef::try_from_slice_and_index(data, index).is_ok_and(|font| {
                let glyph = font.glyph_id(character);
                // Pictures in colour have no outline.
                glyph.0 != 0 && (character.is_whitespace() || font.outline(glyph).is_some())
            })
        });
        has.unwrap_or(false)
    }

    fn load(&self, id: ID) -> Option<FontVec> {
        self.0
            .with_face_data(id, |data, index| {
                FontVec::try_from_vec_and_index(data.to_vec(), index).ok()
            })
            .flatten()
    }
}

/// What stands in for OSS's fonts where they are not installed.
fn families(font: Font) -> &'static [&'static str] {
    const SANS: &[&str] = &[
        "WenQuanYi Zen Hei",
        "WenQuanYi Micro Hei",
        "Noto Sans CJK SC",
        "Source Han Sans SC",
        "Microsoft YaHei",
        "PingFang SC",
    ];
    match font {
        Font::WqyZenhei | Font::DroidSansFallback => SANS,
        Font::WqyMicrohei => &["WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Sans CJK SC"],
        Font::Heiti => &["FZHei-B01", "SimHei", "Heiti SC", "Noto Sans CJK SC"],
        Font::Shusong => &["FZShuSong-Z01", "SimSun", "Songti SC", "Noto Serif CJK SC"],
        Font::Kaiti => &["FZKai-Z03", "KaiTi", "Kaiti SC", "AR PL UKai CN", "Noto Serif CJK SC"],
        Font::Fangsong => &["FZFangSong-Z02", "FangSong", "STFangsong", "Noto Serif CJK SC"],
    }
}

const USUAL: &[&str] = &["Noto Sans", "DejaVu Sans", "Segoe UI", "Arial", "Helvetica Neue"];

/// One line of text on nothing: its colour, its shadow, and turned as asked.
pub(super) fn draw(text: &Text, fonts: &Fonts, limits: &Limits) -> Result<RgbaImage> {
    let ink = line(text, fonts, limits)?;
    let Rgb([red, green, blue]) = text.color;
    // A twentieth of the size to the right and down.
    let offset = if text.shadow > 0 { u32::from(text.size / 20).max(1) } else { 0 };
    let mut drawn = RgbaImage::new(ink.width() + offset, ink.height() + offset);
    for (x, y, covered) in ink.enumerate_pixels() {
        if covered.0[0] > 0 && offset > 0 {
            let shade = u32::from(covered.0[0]) * u32::from(text.shadow) / 100;
            drawn.put_pixel(x + offset, y + offset, Rgba([0, 0, 0, shade as u8]));
        }
    }
    for (x, y, covered) in ink.enumerate_pixels() {
        let over = f32::from(covered.0[0]) / 255.0;
        if over > 0.0 {
            let below = drawn.get_pixel_mut(x, y);
            let under = f32::from(below.0[3]) / 255.0 * (1.0 - over);
            let alpha = over + under;
            // What shows of the shadow is black.
            let mixed = |color: u8| (f32::from(color) * over / alpha).round() as u8;
            *below = Rgba([mixed(red), mixed(green), mixed(blue), (alpha * 255.0).round() as u8]);
        }
    }
    match text.rotate % 360 {
        0 => Ok(drawn),
        degrees => Ok(shape::rotate(DynamicImage::from(drawn), degrees).into_rgba8()),
    }
}

/// How much of each pixel the text covers.
fn line(text: &Text, fonts: &Fonts, limits: &Limits) -> Result<GrayImage> {
    let scale = PxScale::from(f32::from(text.size));
    let Line { faces, glyphs } = set(text, fonts)?;
    let mut across = 0.0;
    let mut ascent = 0.0_f32;
    let mut outlines = Vec::new();
    let mut before = None;
    for (face, character) in glyphs {
        let Some(font) = faces.get(face) else { continue };
        let font = font.as_scaled(scale);
        let glyph = font.glyph_id(character);
        if let Some((last_face, last)) = before {
            across += if last_face == face { font.kern(last, glyph) } else { 0.0 };
        }
        outlines.push((face, glyph, across));
        across += font.h_advance(glyph);
        ascent = ascent.max(font.ascent());
        before = Some((face, glyph));
    }
    let (width, height) = ((across.ceil() as u32).max(1), u32::from(text.size));
    if u64::from(width) * u64::from(height) > limits.max_output_pixels {
        let max = u32::try_from(limits.max_output_pixels).unwrap_or(u32::MAX);
        return Err(unfit("text", Unfit::OutputPixels { max, width, height }));
    }
    let mut ink = GrayImage::new(width, height);
    for (face, glyph, across) in outlines {
        let Some(font) = faces.get(face) else { continue };
        let placed = glyph.with_scale_and_position(scale, point(across, ascent));
        let Some(outline) = font.outline_glyph(placed) else { continue };
        let bounds = outline.px_bounds();
        outline.draw(|x, y, covered| {
            let (x, y) = (bounds.min.x as i64 + i64::from(x), bounds.min.y as i64 + i64::from(y));
            let inside = (0..i64::from(width)).contains(&x) && (0..i64::from(height)).contains(&y);
            if inside {
                let pixel = ink.get_pixel_mut(x as u32, y as u32);
                pixel.0[0] = pixel.0[0].max((covered * 255.0).round() as u8);
            }
        });
    }
    Ok(ink)
}

/// What a line is set with.
struct Line {
    faces: Vec<FontVec>,
    /// Each character, and which of the faces has it.
    glyphs: Vec<(usize, char)>,
}

/// The fonts that are needed, and for each character which of them has it.
fn set(text: &Text, fonts: &Fonts) -> Result<Line> {
    let candidates = fonts.faces(text.font);
    let mut loaded: Vec<FontVec> = Vec::new();
    let mut places: HashMap<ID, usize> = HashMap::new();
    let mut known: HashMap<char, usize> = HashMap::new();
    let mut glyphs = Vec::new();
    for character in text.text.chars() {
        let character = if character.is_control() { ' ' } else { character };
        if needs_shaping(character) {
            return Err(unfit("text", Unfit::Script(character)));
        }
        let place = match known.get(&character) {
            Some(place) => *place,
            None => {
                let id = candidates.iter().find(|id| fonts.has(**id, character));
                let id = id.ok_or_else(|| unfit("text", Unfit::NoGlyph(character)))?;
                match places.get(id) {
                    Some(place) => *place,
                    None => {
                        let font = fonts.load(*id).ok_or_else(|| {
                            Problem::new(Code::TransformInvalid, "text")
                                .with_reason(Reason::Unfit(Unfit::NoGlyph(character)))
                        })?;
                        loaded.push(font);
                        places.insert(*id, loaded.len() - 1);
                        loaded.len() - 1
                    }
                }
            }
        };
        known.insert(character, place);
        glyphs.push((place, character));
    }
    Ok(Line { faces: loaded, glyphs })
}

/// Whether a character belongs to a script whose letters change with their neighbours, or that runs
/// from right to left: Hebrew to Tibetan, Myanmar, Khmer and Mongolian, in the order of Unicode.
fn needs_shaping(character: char) -> bool {
    matches!(u32::from(character),
        0x0590..=0x0FFF | 0x1000..=0x109F | 0x1780..=0x18AF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFE)
}

#[cfg(test)]
mod tests;
