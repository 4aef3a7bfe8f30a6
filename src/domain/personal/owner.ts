/**
 * The owner of the keys that encrypt personal data: a customer, or an order that names no customer.
 */
export type Owner = `customer#${string}` | `order#${string}`;

export const customerOwner = (customerId: string): Owner => `customer#${customerId}`;

/** A refused order may have an address and no customer's id that could be read. */
export const orderOwner = (orderId: string): Owner => `order#${orderId}`;
