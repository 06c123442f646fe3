/**
 * Programs that send on what others say, or stand before others: whoever is at the other end of their socket, it is not the agent.
 * A forwarder under another name is found out by what it sends (`prove.ts`), not here.
 */
import { baseOf } from './program-name.ts';

const forwards = [
  // collectors of telemetry
  /^otel(?:col|collector|-collector)/, /^opentelemetry-collector/, /^fluent-?bit$/, /^fluentd$/, /^td-agent/, /^vector$/, /^grafana-agent/, /^alloy$/, /^telegraf$/, /^logstash$/, /^filebeat$/, /^metricbeat$/,
  /^elastic-agent/, /^datadog-agent$/, /^trace-agent$/, /^splunk-?otel/, /^amazon-cloudwatch-agent/, /^aws-otel-collector/, /^rotel$/, /^beyla$/, /^tempo$/, /^jaeger/,
  // doors to other machines, namespaces and containers
  /^docker-proxy$/, /^dockerd$/, /^containerd/, /^com\.docker\./, /^vpnkit/, /^gvproxy$/, /^rootlesskit$/, /^rootlessport$/, /^slirp4netns$/, /^pasta(?:\.avx2)?$/, /^podman$/, /^conmon$/,
  /^sshd?(?:$|[:-])/, /^autossh$/, /^socat$/, /^kubectl$/, /^cloudflared$/, /^ngrok$/, /^wslrelay$/, /^wslhost$/, /^wslservice$/, /^svchost$/, /^system$/, /^tailscaled$/,
  // proxies
  /^envoy$/, /^nginx$/, /^haproxy$/, /^caddy$/, /^traefik$/, /^httpd$/, /^apache2$/, /^squid$/, /^mitm(?:proxy|dump|web)$/,
];

/** What runs everything of a person or of the machine: ending it would end more than any agent. */
const hosts = [
  /^(?:systemd|init|launchd|launchctl|openrc|runit|s6-svscan|dumb-init|tini|supervisord|cron|crond|atd|login|su|sudo|explorer|services|wininit|winlogon|lsass|csrss|smss)(?:$|[-.])/,
  /^(?:tmux|screen|zellij|gnome-shell|plasmashell|kwin|xorg|x|wayland|gdm|sddm|terminal|iterm2?|konsole|gnome-terminal|alacritty|kitty|wezterm|windowsterminal|conhost|openconsole)(?:$|[-:.])/,
];

/** Editors and browsers: an agent in them shares its process with whatever else a person has open there. */
const sharedPrograms = /^(?:code|code-insiders|vscodium|codium|cursor|windsurf|zed|zeditor|idea|idea64|pycharm|pycharm64|webstorm|webstorm64|goland|goland64|rider|rider64|clion|clion64|eclipse|devenv|chrome|chromium|firefox|msedge|microsoft|google|safari|brave|electron)$/;

const shells = /^-?(?:ba|z|da|a|fi|k|tc|c)?sh$|^(?:nu|pwsh|powershell|cmd)$/;

/** `otelcol-contrib.exe` and `C:\…\otelcol-contrib.exe` are one name. */
const bare = (name: string): string => baseOf(name.split(' ', 1)[0] ?? '').toLowerCase().replace(/\.exe$/, '');

export function isForwarder(...names: readonly (string | null)[]): boolean {
  return names.some((name) => name !== null && forwards.some((pattern) => pattern.test(bare(name))));
}

export function isHost(...names: readonly (string | null)[]): boolean {
  return names.some((name) => name !== null && hosts.some((pattern) => pattern.test(bare(name))));
}

export function isSharedProgram(...names: readonly (string | null)[]): boolean {
  return names.some((name) => name !== null && sharedPrograms.test(bare(name)));
}

/** A shell that runs no script is where a person works. */
export const isBareShell = (name: string, script: string): boolean => shells.test(bare(name)) && script === '';

/** Exporters say in `user-agent` who they are: collectors do too. */
export function isForwardersUserAgent(userAgent: string): boolean {
  return /collector|fluent|vector\/|grafana|alloy|telegraf|logstash|datadog/i.test(userAgent);
}
