//! Values of parameters, and refusals that name the parameter.

use percent_encoding::percent_decode_str;

use crate::image::step::Gravity;
use crate::image::{OutputFormat, Rgb};
use crate::problem::{Code, Problem, Reason, Result, Unfit};

/// A refusal that names the parameter.
pub(in crate::image) fn invalid(parameter: impl Into<String>, reason: Reason) -> Problem {
    Problem::new(Code::TransformInvalid, parameter).with_reason(reason)
}

/// A refusal that names the parameter and what stands in its way.
pub(in crate::image) fn unfit(parameter: impl Into<String>, unfit: Unfit) -> Problem {
    invalid(parameter, Reason::Unfit(unfit))
}

/// A refusal that names the parameter and what it may be.
pub(in crate::image) fn not_one_of(parameter: impl Into<String>, choices: &[&str]) -> Problem {
    invalid(parameter, Reason::NotOneOf(choices.iter().map(|&choice| choice.to_owned()).collect()))
}

/// A whole number from 1.
pub(in crate::image) fn number(parameter: &str, value: &str, max: u32) -> Result<u32> {
    ranged(parameter, value, (1, max))
}

/// A whole number in a range.
pub(in crate::image) fn ranged(
    parameter: &str,
    value: &str,
    (min, max): (u32, u32),
) -> Result<u32> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    match value.parse() {
        Ok(number) if digits && (min..=max).contains(&number) => Ok(number),
        _ => Err(invalid(parameter, Reason::OutOfRange(min, max))),
    }
}

/// A whole number in a range that goes below 0.
pub(in crate::image) fn signed(
    parameter: &str,
    value: &str,
    (min, max): (i32, i32),
) -> Result<i32> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    match value.parse() {
        Ok(number) if digits && (min..=max).contains(&number) => Ok(number),
        _ => Err(unfit(parameter, Unfit::Between(min, max))),
    }
}

pub(super) fn switch(parameter: &str, value: &str) -> Result<bool> {
    match value {
        "1" => Ok(true),
        "0" => Ok(false),
        _ => Err(not_one_of(parameter, &["1", "0"])),
    }
}

pub(in crate::image) fn format(parameter: &str, value: &str) -> Result<OutputFormat> {
    OutputFormat::named(value)
        .ok_or_else(|| not_one_of(parameter, &OutputFormat::ALL.map(OutputFormat::name)))
}

pub(in crate::image) fn color(parameter: &str, value: &str) -> Result<Rgb> {
    Rgb::parse(value).ok_or_else(|| invalid(parameter, Reason::NotLike("FFFFFF")))
}

pub(in crate::image) fn gravity(parameter: &str, value: &str) -> Result<Gravity> {
    Gravity::named(value).ok_or_else(|| not_one_of(parameter, &Gravity::ALL.map(Gravity::name)))
}

/// A text, percent-encoded.
pub(super) fn decoded(parameter: &str, value: &str) -> Result<String> {
    let text = percent_decode_str(value).decode_utf8();
    let text = text.map_err(|_| unfit(parameter, Unfit::NotEncoded))?;
    Ok(text.into_owned())
}

/// A text as it stands in a spec: letters of any script as they are, all that could mean something
/// percent-encoded.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_alphanumeric() || matches!(character, '-' | '_' | '.' | '~' | '/') {
            encoded.push(character);
        } else {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                encoded.push_str(percent_encoding::percent_encode_byte(byte));
            }
        }
    }
    encoded
}
