/** A message authentication code with a secret that only the payment service has. */
export interface Seals {
  seal(text: string): string;
  /** Whether the seal is one of ours over that text, by the key in use or one that was in use before. */
  isSeal(text: string, seal: string): boolean;
}
