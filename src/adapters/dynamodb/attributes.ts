import type { AttributeValue } from '@aws-sdk/client-dynamodb';

type Scalar = string | number | Uint8Array;

export const toAttribute = (value: Scalar): AttributeValue => {
  if (typeof value === 'string') return { S: value };
  return typeof value === 'number' ? { N: String(value) } : { B: value };
};

/** Values of the three types that this system writes; any other value is returned unchanged. */
export const fromAttributes = (
  item: Readonly<Record<string, AttributeValue>>,
): Record<string, unknown> => {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(item)) values[name] = fromAttribute(value);
  return values;
};

const fromAttribute = (value: AttributeValue): unknown => {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  return value.B ?? value;
};
