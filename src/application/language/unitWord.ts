/** The word for a unit, which is the same for any quantity: `kg`. */
export const always = (word: string) => (): string => word;

/** A word that is another one for a single unit: `day`, `days`. */
export const counted = (one: string, other: string) => (quantity: string) =>
  quantity === '1' ? one : other;
