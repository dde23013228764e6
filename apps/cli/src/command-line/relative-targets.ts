/** `downgrade -1` names a target, not an option. */
export function relativeTargets(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--')
  const own = end === -1 ? args : args.slice(0, end)
  const isTarget = (arg: string, at: number): boolean => /^-\d+$/.test(arg) && !/^(-r|--range)$/.test(own[at - 1] ?? '')
  const targets = own.filter(isTarget)
  if (targets.length === 0) return args
  const remaining = own.filter((arg, at) => !isTarget(arg, at))
  return [...remaining, '--', ...targets, ...(end === -1 ? [] : args.slice(end + 1))]
}
