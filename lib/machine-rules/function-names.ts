/** Functions of JSONata that AWS runs. */
export const jsonataNames: readonly string[] =
  `abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl
   decodeUrlComponent distinct each encodeUrl encodeUrlComponent error exists filter floor formatBase
   formatInteger formatNumber fromMillis join keys length lookup lowercase map match max merge millis min not
   now number pad parseInteger power random reduce replace reverse round shuffle sift single sort split spread
   sqrt string substring substringAfter substringBefore sum toMillis trim type uppercase zip`.split(/\s+/);

/** Functions that AWS adds. It has no `$eval`. */
export const awsFunctionNames: readonly string[] = ['hash', 'parse', 'partition', 'range', 'uuid'];

export const functionNames: ReadonlySet<string> = new Set([...jsonataNames, ...awsFunctionNames]);
