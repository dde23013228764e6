export function reports(): ReadonlyMap<string, string>
export function differing(all?: ReadonlyMap<string, string>): readonly string[]
