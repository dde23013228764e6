/**
 * A script as one text for a driver: without the lines that only the server's own client reads. A driver takes a body with semicolons
 * as it is.
 */
export function driverText(script: string): string {
  return script.replace(/^[.\\].*$/gm, '').replace(/^DELIMITER (\$+)\n([\s\S]*?)\1\nDELIMITER ;$/gm, '$2;')
}
