//! Bytes of a file into text: UTF-8 with or without a byte-order mark, UTF-16 by its mark; anything else is named.

use super::{Place, span};

/// The largest file that is read as text, in bytes (2 MiB).
pub const MAX_BYTES: u64 = 2 * 1024 * 1024;

/// Why bytes are not a text we read, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DecodeError {
    /// What is wrong, in words for the report.
    pub message: String,
    /// Where, when the bytes before it are text.
    pub place: Option<Place>,
}

/// Decodes a file. A UTF-8 byte-order mark stays in the text, so that byte offsets are those of the file.
///
/// # Errors
/// Bytes that are neither UTF-8 nor marked UTF-16, and NUL characters, are refused with their line.
pub fn decode(bytes: Vec<u8>) -> Result<String, DecodeError> {
    let text = match bytes.get(..2) {
        Some([0xFF, 0xFE]) => utf16(&bytes, u16::from_le_bytes)?,
        Some([0xFE, 0xFF]) => utf16(&bytes, u16::from_be_bytes)?,
        _ => String::from_utf8(bytes).map_err(|error| not_utf8(error.as_bytes(), error.utf8_error().valid_up_to()))?,
    };
    match text.find('\0') {
        Some(at) => {
            Err(DecodeError { message: "holds a NUL character".to_owned(), place: Some(span::place(&text, at)) })
        }
        None => Ok(text),
    }
}

fn not_utf8(bytes: &[u8], valid: usize) -> DecodeError {
    let head = String::from_utf8_lossy(bytes.get(..valid).unwrap_or_default());
    let byte = bytes.get(valid).copied().unwrap_or_default();
    DecodeError {
        message: format!("is not UTF-8 (byte 0x{byte:02x}); save it as UTF-8"),
        place: Some(span::place(&head, head.len())),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, DecodeError> {
    let broken = || DecodeError { message: "is not valid UTF-16; save it as UTF-8".to_owned(), place: None };
    let body = bytes.get(2..).unwrap_or_default();
    if !body.len().is_multiple_of(2) {
        return Err(broken());
    }
    let units: Vec<u16> = body.as_chunks::<2>().0.iter().map(|pair| unit(*pair)).collect();
    String::from_utf16(&units).map_err(|_| broken())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_keeps_its_mark_and_utf16_loses_it() {
        assert_eq!(decode(b"\xef\xbb\xbfa".to_vec()).unwrap(), "\u{feff}a");
        assert_eq!(decode(b"\xff\xfea\0\xe9\0".to_vec()).unwrap(), "aé");
        assert_eq!(decode(b"\xfe\xff\0a".to_vec()).unwrap(), "a");
    }

    #[test]
    fn broken_texts_are_named_with_their_line() {
        let latin = decode(b"ok\nna\xefve".to_vec()).unwrap_err();
        assert_eq!(latin.place, Some(Place { line: 2, column: 3 }));
        assert!(latin.message.contains("0xef"), "{latin}");
        let nul = decode(b"a\n\nb\0".to_vec()).unwrap_err();
        assert_eq!(nul.place, Some(Place { line: 3, column: 2 }));
        assert!(decode(b"\xff\xfea".to_vec()).is_err(), "odd length");
        assert!(decode(b"\xff\xfe\x00\xd8".to_vec()).is_err(), "lone surrogate");
    }
}
