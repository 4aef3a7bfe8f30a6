/** RFC 5321: at most 64 octets before the @ and 255 after it. SES takes no other than ASCII in either part. */
const ADDRESS = /^[\x21-\x3f\x41-\x7e]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?$/;
/** These would end the address, or start another one, within a header. */
const SEPARATORS = /[<>,;:"()[\]\\]/;

/** Whether it is one plain mailbox that SES would take: nothing that could smuggle in a second one. */
export const isMailAddress = (text: string): boolean =>
  ADDRESS.test(text) && !SEPARATORS.test(text);
