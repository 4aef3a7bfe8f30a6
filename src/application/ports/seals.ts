/** A message authentication code with a secret that only the payment service has. */
export interface Seals {
  seal(text: string): string;
  /** Whether the seal is ours for that text, made with the key in use or with an earlier one. */
  isSeal(text: string, seal: string): boolean;
}
