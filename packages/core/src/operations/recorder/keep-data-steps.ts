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
  const keeping = (inner: OperationRecorder): OperationRecorder => {
    const own: Partial<OperationRecorder> = {
      run: (label, work) => {
        if (selected.has(label)) inner.run(label, work)
      },
      limits: (limits, build) => inner.limits(limits, (op) => build(keeping(op))),
      on: (branches) => {
        const entries = Object.entries(branches).map(([dialect, branch]) => [
          dialect,
          typeof branch === 'function' ? (op: OperationRecorder) => branch(keeping(op)) : branch,
        ])
        inner.on(Object.fromEntries(entries))
      },
    }
    return new Proxy(inner, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? (own[name as keyof OperationRecorder] ?? (() => undefined)) : value
      },
    })
  }
  upgrade(keeping(op))
}
