/** Whatever a browser would fetch. */
export const fetchedBy = (document: string): readonly string[] =>
  [...document.matchAll(/@import|url\((?!#)|(?:src|href|srcset|action)="(?!#)[^"]*"/g)].map(
    ([found]) => found,
  );
