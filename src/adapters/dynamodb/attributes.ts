import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** A value as it is in the JSON of an answer: bytes are in base64. */
export type WrittenValue = { readonly S?: string; readonly N?: string; readonly B?: string };

export const toAttribute = (value: string | number | Uint8Array): AttributeValue => {
  if (typeof value === 'string') return { S: value };
  return typeof value === 'number' ? { N: String(value) } : { B: value };
};

/** Values of the three types that this system writes; any other value is returned unchanged. */
export const fromAttributes = (
  item: Readonly<Record<string, AttributeValue | WrittenValue>>,
): Record<string, unknown> => {
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(item)) {
    const value = fromAttribute(item[name]);
    if (name === '__proto__') Object.defineProperty(values, name, { value, enumerable: true });
    else values[name] = value;
  }
  return values;
};

const fromAttribute = (value: AttributeValue | WrittenValue | undefined): unknown => {
  if (value?.S !== undefined) return value.S;
  if (value?.N !== undefined) return Number(value.N);
  if (typeof value?.B === 'string') return Buffer.from(value.B, 'base64');
  return value?.B ?? value;
};
