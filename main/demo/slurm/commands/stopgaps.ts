/** Programs that clusters have and a Mac may lack. Installed only where the system has none. */
export const STOPGAPS: Readonly<Record<string, string>> = {
  setsid: `# Part of Slipway's demo cluster: setsid for systems without it.
case \${1-} in -f|--fork) shift; exec "$0" "$@" & exit 0 ;; esac
exec perl -e 'use POSIX; POSIX::setsid() >= 0 or do { my $child = fork; exit 0 if $child; POSIX::setsid() }; exec @ARGV or exit 127' -- "$@"
`,
  sha256sum: `# Part of Slipway's demo cluster: sha256sum for systems without it.
exec shasum -a 256 "$@"
`,
};
