/**
 * The number of bytes that a text takes in UTF-8; half a surrogate pair takes the three of U+FFFD.
 */
export const utf8Bytes = (text: string): number => {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    bytes += 1;
    if (code < 0x800) continue;
    bytes += 1;
    const isPair = code >= 0xd800 && code < 0xdc00 && isLowSurrogate(text.charCodeAt(at + 1));
    // Four bytes for the two units of a pair.
    if (isPair) at += 1;
  }
  return bytes;
};

const isLowSurrogate = (code: number): boolean => code >= 0xdc00 && code < 0xe000;
