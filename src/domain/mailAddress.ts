/** RFC 5321, 4.5.3.1, counts octets: those before the @, and all (256 with the angle brackets). */
const LOCAL_PART_MAX = 64;
const ADDRESS_MAX = 254;
/** RFC 5322, 3.2.3: words with single dots between them. The rare quoted form is refused. */
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
/** A domain as it is typed. Any visible character that is not ASCII may belong to some script. */
const TYPED_DOMAIN = /^[^\0-,/:-@[-`{-\x7f\p{C}\p{Z}]+$/u;
/**
 * A domain as it is sent has two labels or more. A last one of digits would make it an IP address.
 */
const DOMAIN =
  /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+(?!\d+$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/;

/**
 * The address as a mail service takes it, or undefined where none ever would: one plain mailbox,
 * ASCII before the @, and after it the domain in Punycode (UTS 46, as in browsers). SES "does not
 * support the SMTPUTF8 extension". An order whose customer cannot be notified is refused before
 * money moves. Mails are sent by the same rule.
 */
export const mailboxOf = (text: string): string | undefined => {
  // Punycode is longer than what is typed, so that this only bounds the work.
  if (text.length > ADDRESS_MAX) return undefined;
  const at = text.indexOf('@');
  const [local, typed] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || at > LOCAL_PART_MAX || !LOCAL_PART.test(local) || !TYPED_DOMAIN.test(typed)) {
    return undefined;
  }
  const domain = URL.parse(`http://${typed}`)?.hostname ?? '';
  const mailbox = `${local}@${domain}`;
  return DOMAIN.test(domain) && mailbox.length <= ADDRESS_MAX ? mailbox : undefined;
};

export const isMailAddress = (text: string): boolean => mailboxOf(text) !== undefined;
