/** A message authentication code with a secret that only the payment service has. */
export interface Seals {
  /** Awaited before a seal is checked: another process may seal by a newer key already. */
  fresh(): Promise<void>;
  seal(text: string): string;
  /** Whether the seal is ours for that text, made with the key in use or with an earlier one. */
  isSeal(text: string, seal: string): boolean;
}
