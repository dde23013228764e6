// Commands with nothing to do: what a service, a pipeline or a person pays each time.
import { inTurn, runNode } from '../kit/measure.mjs'
import { floor, makeProject } from '../kit/project.mjs'
import { revisionFiles } from '../kit/revisions.mjs'

/**
 * @param {{ name: string, revisions: number, aim?: string, args: readonly string[], expected: RegExp }} what
 * @param {number} pairs
 */
function measureCommand({ name, revisions, aim, args, expected }, pairs) {
  const project = makeProject(revisionFiles(revisions))
  runNode(project.migrate('upgrade', '--quiet'))
  const check = (/** @type {string} */ stdout) => {
    if (!expected.test(stdout)) throw new Error(`${name}: unexpected answer ${stdout}`)
  }
  return inTurn({
    pairs,
    floor: { name: 'floor', command: { args: [floor('version-row'), project.database] } },
    subjects: [{ name, ...(aim === undefined ? {} : { aim }), command: project.migrate(...args), check }],
  })
}

export function status(/** @type {number} */ pairs) {
  return measureCommand(
    { name: 'status, 20 revisions', revisions: 20, args: ['status'], expected: /up to date/ },
    pairs,
  )
}

export function noop(/** @type {number} */ pairs) {
  const counts = [
    { revisions: 20, aim: '<= 1.4x' },
    { revisions: 200, aim: '<= 1.4x' },
    { revisions: 2000, aim: '<= 1.8x' },
  ]
  return counts.flatMap(({ revisions, aim }) => {
    const name = `no-op upgrade, ${revisions.toLocaleString('en-US')} revisions`
    return measureCommand({ name, revisions, aim, args: [], expected: /up to date/ }, pairs)
  })
}

/** Commands that read a long history. */
export function history(/** @type {number} */ pairs) {
  const commands = [
    { args: ['history'], expected: /^0{9}7cf -> 0{9}7d0 / },
    { args: ['heads'], expected: /^0{9}7d0 / },
    { args: ['graph'], expected: /^@ {2}0{9}7d0 / },
  ]
  return commands.flatMap(({ args, expected }) => {
    const name = `${args.join(' ')}, 2,000 revisions`
    return measureCommand({ name, revisions: 2000, aim: '<= 1.8x', args, expected }, pairs)
  })
}
