/**
 * The size of an item by DynamoDB's rules: the UTF-8 bytes of names and values. A number takes one
 * byte for each two digits, plus one. It is rounded up here, so that what passes is never refused
 * later.
 */
export const itemBytes = (item: Readonly<Record<string, unknown>>): number => {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) {
    bytes += Buffer.byteLength(name) + valueBytes(value);
  }
  return bytes;
};

const valueBytes = (value: unknown): number => {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 2;
  if (value instanceof Uint8Array) return value.byteLength;
  return Buffer.byteLength(JSON.stringify(value) ?? '');
};
