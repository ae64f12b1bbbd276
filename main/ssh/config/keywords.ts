/** What becomes of each option of ssh_config(5): taken over, not taken over and said so, or without meaning for Slipway. */
import { message, type Message } from '../../../shared/messages/message.ts';

const CIPHERS = message('sshConfig.ciphers');
const ADDRESS = message('sshConfig.address');
const CANONICAL = message('sshConfig.canonical');
const CARD = message('sshConfig.card');
const KERBEROS = message('sshConfig.kerberos');
const PROGRAM = message('sshConfig.program');

/** Options that could change how the connection is made, and why they are not taken over. */
const NOT_TAKEN: Readonly<Record<string, Message>> = {
  addressfamily: ADDRESS,
  bindaddress: ADDRESS,
  bindinterface: ADDRESS,
  ciphers: CIPHERS,
  macs: CIPHERS,
  kexalgorithms: CIPHERS,
  hostkeyalgorithms: CIPHERS,
  casignaturealgorithms: CIPHERS,
  pubkeyacceptedalgorithms: CIPHERS,
  pubkeyacceptedkeytypes: CIPHERS,
  requiredrsasize: CIPHERS,
  canonicaldomains: CANONICAL,
  canonicalizehostname: CANONICAL,
  canonicalizepermittedcnames: CANONICAL,
  gssapiauthentication: KERBEROS,
  hostbasedauthentication: KERBEROS,
  pkcs11provider: CARD,
  smartcarddevice: CARD,
  securitykeyprovider: CARD,
  knownhostscommand: PROGRAM,
  localcommand: PROGRAM,
  remotecommand: message('sshConfig.remoteCommand'),
  globalknownhostsfile: message('sshConfig.globalKnownHosts'),
  revokedhostkeys: message('sshConfig.revokedKeys'),
  stricthostkeychecking: message('sshConfig.strictChecking'),
  verifyhostkeydns: message('sshConfig.dns'),
};

/** Options that say nothing of how to get in. */
const HARMLESS: ReadonlySet<string> = new Set(
  `addkeystoagent batchmode canonicalizefallbacklocal canonicalizemaxdots channeltimeout checkhostip clearallforwardings
  compression compressionlevel connectionattempts connecttimeout controlmaster controlpath controlpersist dynamicforward
  enableescapecommandline enablesshkeysign escapechar exitonforwardfailure fingerprinthash forkafterauthentication forwardagent
  forwardx11 forwardx11timeout forwardx11trusted gatewayports gssapidelegatecredentials gssapiclientidentity gssapikeyexchange
  gssapikexalgorithms gssapirenewalforcesrekey gssapiserveridentity gssapitrustdns hostbasedacceptedalgorithms hostbasedkeytypes
  ignoreunknown ipqos kbdinteractivedevices localforward loglevel logverbose nohostauthenticationforlocalhost
  numberofpasswordprompts obscurekeystroketiming permitlocalcommand permitremoteopen proxyusefdpass rekeylimit remoteforward
  requesttty sendenv serveralivecountmax serveraliveinterval sessiontype setenv stdinnull streamlocalbindmask
  streamlocalbindunlink syslogfacility tag tcpkeepalive keepalive tunnel tunneldevice updatehostkeys usekeychain
  visualhostkey versionaddendum refuseconnection warnweakcrypto xauthlocation useroaming useprivilegedport protocol cipher rhostsrsaauthentication
  rsaauthentication usersh fallbacktorsh globalknownhostsfile2 userknownhostsfile2`.split(/\s+/),
);

const OFF = new Set(['no', 'false', 'none']);

/** Why a line of this option is not taken over, or null: it is, or it does not matter. */
export function reasonNotTaken(keyword: string, firstArgument: string): Message | null {
  // switched off, it is what Slipway does anyway
  if (
    (keyword === 'gssapiauthentication' ||
      keyword === 'hostbasedauthentication' ||
      keyword === 'canonicalizehostname' ||
      keyword === 'verifyhostkeydns') &&
    OFF.has(firstArgument.toLowerCase())
  )
    return null;
  if (keyword === 'addressfamily' && firstArgument.toLowerCase() === 'any') return null;
  if (keyword === 'stricthostkeychecking' && ['ask', 'yes', 'true'].includes(firstArgument.toLowerCase())) return null;
  return NOT_TAKEN[keyword] ?? null;
}

export function isHarmless(keyword: string): boolean {
  return HARMLESS.has(keyword);
}

/** Earlier names of options. */
export const SYNONYMS: Readonly<Record<string, string>> = {
  challengeresponseauthentication: 'kbdinteractiveauthentication',
  dsaauthentication: 'pubkeyauthentication',
  identityfile2: 'identityfile',
  skeyauthentication: 'kbdinteractiveauthentication',
  tisauthentication: 'kbdinteractiveauthentication',
};
