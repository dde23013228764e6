/** What our own programs need of the fleet and users do not: the simulation of large fleets. Without any promise. */

export { handOut } from './work/hand-out.ts'
export { openQueue } from './work/queue.ts'
export { workOnQueue } from './work/work.ts'
