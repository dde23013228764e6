import { isFunction, isRecord, isTexts, requireArguments } from '../../errors/option-check.ts'
import type { OperationRecorder } from '../recorder-types.ts'

/**
 * Records data steps of a replaced revision in the squashed one, and nothing else of it.
 *
 * @param labels those of its data steps that are recorded
 * Throws INVALID_OPTION.
 *
 * ```ts
 * import { upgrade as upgradeOfC1 } from './c1_emails.ts'
 * keepDataSteps(op, upgradeOfC1, ['lower emails'])
 * ```
 */
export function keepDataSteps(
  op: OperationRecorder,
  upgrade: (op: OperationRecorder) => void,
  labels: readonly string[],
): void {
  requireArguments('keepDataSteps', { op, upgrade, labels }, { op: isRecord, upgrade: isFunction, labels: isTexts })
  const selected = new Set(labels)
  const keeping = (inner: OperationRecorder): OperationRecorder =>
    new Proxy(inner, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function') return value
        if (name === 'run') {
          const run: OperationRecorder['run'] = (label, work) =>
            selected.has(label) ? target.run(label, work) : undefined
          return run
        }
        if (name === 'limits') {
          const limits: OperationRecorder['limits'] = (values, build) =>
            target.limits(values, (own) => build(keeping(own)))
          return limits
        }
        if (name !== 'on') return () => undefined
        const on: OperationRecorder['on'] = (branches) => {
          const entries = Object.entries(branches).map(([dialect, branch]) => [
            dialect,
            typeof branch === 'function' ? (own: OperationRecorder) => branch(keeping(own)) : branch,
          ])
          return target.on(Object.fromEntries(entries) as typeof branches)
        }
        return on
      },
    })
  upgrade(keeping(op))
}
