/** A route's path as API Gateway reads it: `/v1/actions/{id}` or `/files/{proxy+}`. */
export type PathPattern = {
  /** The parameters of a path that matches; `undefined` when it does not. */
  match(path: string): Readonly<Record<string, string>> | undefined;
  /** Patterns compare by this, higher first: whole paths before greedy ones, then fixed parts before parameters. */
  readonly rank: string;
};

export function pathPattern(pattern: string): PathPattern {
  const parts = pattern.split('/').slice(1);
  return {
    match: (path) => matchParts(parts, path.split('/').slice(1)),
    rank: `${parts.some(greedyName) ? '0' : '1'}${parts.map(rankOf).join('')}`,
  };
}

function rankOf(part: string): string {
  if (greedyName(part)) return '1';
  return parameterName(part) ? '2' : '3';
}

function matchParts(parts: readonly string[], segments: readonly string[]) {
  const parameters: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const greedy = greedyName(part);
    const segment = segments[index];
    if (greedy) {
      const rest = segments.slice(index).join('/');
      return rest === '' ? undefined : { ...parameters, [greedy]: rest };
    }
    if (segment === undefined) return undefined;
    const name = parameterName(part);
    if (name === undefined ? part !== segment : segment === '') return undefined;
    if (name !== undefined) parameters[name] = segment;
  }
  return segments.length === parts.length ? parameters : undefined;
}

function greedyName(part: string): string | undefined {
  return /^\{([^}]+)\+\}$/.exec(part)?.[1];
}

function parameterName(part: string): string | undefined {
  return /^\{([^}+]+)\}$/.exec(part)?.[1];
}
