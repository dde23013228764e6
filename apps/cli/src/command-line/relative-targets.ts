/** `downgrade -1` names a target, not an option. */
export function relativeTargets(args: readonly string[]): readonly string[] {
  const at = args.findIndex(
    (arg, index) => /^-\d+$/.test(arg) && args[index - 1] !== '-r' && args[index - 1] !== '--range',
  )
  const isBehindDashes = args.slice(0, at).includes('--')
  if (at === -1 || isBehindDashes) return args
  return [...args.slice(0, at), ...args.slice(at + 1), '--', args[at] ?? '']
}
