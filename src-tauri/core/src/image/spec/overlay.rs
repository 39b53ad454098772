//! The parameters of watermarks: `text-size=40`, `mark-at=nw`.

use super::value::{color, gravity, not_one_of, number, ranged, signed, switch};
use crate::image::step::{
    Font, Gravity, MAX_MARGIN, MAX_SHIFT, MAX_TEXT_SIZE, Overlay, Text, Watermark,
};
use crate::image::{Rgb, Step};
use crate::problem::Result;

impl Overlay {
    /// Whether it shows nothing.
    pub(super) fn is_blank(&self) -> bool {
        match self {
            Self::Text(text) => text.text.is_empty(),
            Self::Image(mark) => mark.key.is_empty(),
        }
    }
}

impl Watermark {
    /// Takes the value of `text-NAME` or `mark-NAME`.
    pub(super) fn set(&mut self, name: &str, part: &str, value: &str) -> Result<()> {
        let margin = || ranged(part, value, (0, MAX_MARGIN)).map(|margin| margin as u16);
        let share = || ranged(part, value, (0, 100)).map(|share| share as u8);
        match (name, &mut self.overlay) {
            ("at", _) => self.at = gravity(part, value)?,
            ("x", _) => self.x = margin()?,
            ("y", _) => self.y = margin()?,
            ("shift", _) => self.shift = signed(part, value, (-MAX_SHIFT, MAX_SHIFT))? as i16,
            ("opacity", _) => self.opacity = share()?,
            ("fill", _) => self.tile = switch(part, value)?,
            ("gap-x", _) => self.gap.0 = margin()?,
            ("gap-y", _) => self.gap.1 = margin()?,
            ("size", Overlay::Text(text)) => text.size = number(part, value, MAX_TEXT_SIZE)? as u16,
            ("color", Overlay::Text(text)) => {
                text.color = color(part, value.strip_prefix('#').unwrap_or(value))?;
            }
            ("rotate", Overlay::Text(text)) => {
                text.rotate = (ranged(part, value, (0, 360))? % 360) as u16;
            }
            ("shadow", Overlay::Text(text)) => text.shadow = share()?,
            ("font", Overlay::Text(text)) => {
                text.font = Font::named(value)
                    .ok_or_else(|| not_one_of(part, &Font::ALL.map(Font::name)))?;
            }
            ("scale", Overlay::Image(mark)) => mark.scale = Some(number(part, value, 100)? as u8),
            (_, Overlay::Text(_)) => {
                return Err(not_one_of(
                    part,
                    &[
                        "text-size",
                        "text-color",
                        "text-at",
                        "text-x",
                        "text-y",
                        "text-shift",
                        "text-opacity",
                        "text-rotate",
                        "text-shadow",
                        "text-fill",
                        "text-gap-x",
                        "text-gap-y",
                        "text-font",
                    ],
                ));
            }
            (_, Overlay::Image(_)) => {
                return Err(not_one_of(
                    part,
                    &[
                        "mark-at",
                        "mark-x",
                        "mark-y",
                        "mark-shift",
                        "mark-opacity",
                        "mark-scale",
                        "mark-fill",
                        "mark-gap-x",
                        "mark-gap-y",
                    ],
                ));
            }
        }
        Ok(())
    }

    /// The parameters beside the text or the key that are not as usual, in order.
    pub(super) fn parameters(&self) -> Vec<(&'static str, String)> {
        let usual = Self::new(self.overlay.clone());
        let mut parameters = Vec::new();
        let mut push = |differs: bool, name: &'static str, value: String| {
            if differs {
                parameters.push((name, value));
            }
        };
        match &self.overlay {
            Overlay::Text(text) => {
                let plain = Text::new("");
                push(text.font != Font::default(), "font", text.font.name().into());
                push(text.size != plain.size, "size", text.size.to_string());
                push(text.color != Rgb([0, 0, 0]), "color", text.color.to_string());
                push(text.rotate != 0, "rotate", text.rotate.to_string());
                push(text.shadow != 0, "shadow", text.shadow.to_string());
            }
            Overlay::Image(mark) => {
                push(mark.scale.is_some(), "scale", mark.scale.unwrap_or_default().to_string());
            }
        }
        push(self.at != Gravity::Se, "at", self.at.name().into());
        push(self.x != usual.x, "x", self.x.to_string());
        push(self.y != usual.y, "y", self.y.to_string());
        push(self.shift != 0, "shift", self.shift.to_string());
        push(self.opacity != 100, "opacity", self.opacity.to_string());
        push(self.tile, "fill", "1".into());
        push(self.gap.0 != 0, "gap-x", self.gap.0.to_string());
        push(self.gap.1 != 0, "gap-y", self.gap.1.to_string());
        parameters
    }
}

/// The step as `name=value` parts of a spec.
pub(super) fn written(watermark: &Watermark) -> Vec<(String, String)> {
    let name = Step::Watermark(watermark.clone()).name();
    let shown = match &watermark.overlay {
        Overlay::Text(text) => &text.text,
        Overlay::Image(mark) => &mark.key,
    };
    let mut parts = vec![(name.to_owned(), super::value::encoded(shown))];
    parts.extend(
        watermark
            .parameters()
            .into_iter()
            .map(|(detail, value)| (format!("{name}-{detail}"), value)),
    );
    parts
}
