/** Makes a program of each client (`only`: of these) that PATH has not, in a folder that is for PATH; gives why one could not be had. */
export function clientsIn(folder: string, only?: readonly string[]): Promise<readonly string[]>
