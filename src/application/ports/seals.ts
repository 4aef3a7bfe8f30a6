/** A message authentication code with a secret that only the payment service has. */
export interface Seals {
  /**
   * Has to be awaited before a seal is checked: another process may seal with a newer key already.
   */
  fresh(): Promise<void>;
  seal(text: string): string;
  /** Whether the seal is ours for that text, made with the current key or with an earlier one. */
  isSeal(text: string, seal: string): boolean;
}
