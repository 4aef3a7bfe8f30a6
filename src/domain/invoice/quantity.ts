/** Quantities have up to six decimals and come to at most a million: exact as whole millionths. */
const DECIMALS = 6;

export const toMicros = (quantity: string): number => {
  const [whole = '0', fraction = ''] = quantity.split('.');
  return Number(whole + fraction.padEnd(DECIMALS, '0'));
};

/** Writes it in plain digits, without zeros at the end: `0.5`, `3`. */
export const fromMicros = (micros: number): string => {
  const digits = String(micros).padStart(DECIMALS + 1, '0');
  const fraction = digits.slice(-DECIMALS).replace(/0+$/u, '');
  const whole = digits.slice(0, -DECIMALS);
  return fraction === '' ? whole : `${whole}.${fraction}`;
};
