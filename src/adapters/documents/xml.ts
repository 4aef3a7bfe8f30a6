import XMLBuilder from 'fast-xml-builder';

/**
 * Elements by their names, in the order in which they stand; what is undefined is left out. The
 * names of attributes begin with `@_`, and `#text` is an element's own text.
 */
export type XmlElement = { readonly [name: string]: XmlValue | readonly XmlValue[] | undefined };
export type XmlValue = string | XmlElement;

const builder = new XMLBuilder({
  ignoreAttributes: false,
  suppressBooleanAttributes: false,
  format: true,
});

export const xmlOf = (root: XmlElement): string =>
  builder.build({ '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' }, ...root });

/** The text; undefined if it is empty, since neither syntax allows an empty element. */
export const text = (value: string | undefined): string | undefined =>
  value === undefined || value === '' ? undefined : value;

export const withAttribute = (value: string, name: string, attribute: string): XmlElement => ({
  '#text': value,
  [`@_${name}`]: attribute,
});
