/** The part of JSON Schema that `outputSchemas` uses. */
export type JsonSchema = {
  readonly type?: string;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
};

/**
 * The changes of the later output that a reader of the former one could miss: a member that is
 * gone, is no longer always there, or is of another type. Members, forms of lines and words may be
 * added.
 */
export const breakingChanges = (
  former: JsonSchema,
  later: JsonSchema,
  path = 'a line',
): readonly string[] => {
  if (former.anyOf !== undefined || later.anyOf !== undefined) {
    const forms = later.anyOf ?? [later];
    return (former.anyOf ?? [former]).flatMap((form) => {
      const changes = forms.map((other) => changesOf(form, other, path));
      return changes.some((found) => found.length === 0)
        ? []
        : (changes.toSorted((a, b) => a.length - b.length)[0] ?? []);
    });
  }
  return changesOf(former, later, path);
};

const changesOf = (former: JsonSchema, later: JsonSchema, path: string): readonly string[] => {
  if (former.anyOf !== undefined || later.anyOf !== undefined) {
    return breakingChanges(former, later, path);
  }
  if (former.type !== undefined && former.type !== later.type) {
    return [`${path} was ${former.type} and is ${later.type ?? 'anything'}`];
  }
  if (former.const !== undefined && former.const !== later.const) {
    return [`${path} was always ${JSON.stringify(former.const)}`];
  }
  const required = new Set(later.required);
  return [
    ...Object.entries(former.properties ?? {}).flatMap(([name, member]) => {
      const other = later.properties?.[name];
      return other === undefined
        ? [`${path}.${name} is gone`]
        : breakingChanges(member, other, `${path}.${name}`);
    }),
    ...(former.required ?? [])
      .filter((name) => later.properties?.[name] !== undefined && !required.has(name))
      .map((name) => `${path}.${name} is no longer always there`),
    ...(former.items === undefined
      ? []
      : breakingChanges(former.items, later.items ?? {}, `${path}[]`)),
    ...(typeof former.additionalProperties === 'object' &&
    typeof later.additionalProperties === 'object'
      ? breakingChanges(former.additionalProperties, later.additionalProperties, `${path}.*`)
      : []),
  ];
};
