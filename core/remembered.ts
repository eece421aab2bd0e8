/** Makes each named thing once, when it is first asked for. */
export function remembered<Input, Output>(make: (name: string, input: Input) => Output) {
  const known = new Map<string, Output>();
  return (name: string, input: Input): Output => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const made = make(name, input);
    known.set(name, made);
    return made;
  };
}
