# shellcheck shell=bash
# Owns the two secrets that no file may hold: the adapter's serving certificate and Grafana's password. Both are made
# once, pass from process to process on stdin, and are never printed.

readonly ADAPTER_HOST=prometheus-adapter.prometheus.svc # the name that the API server calls
readonly CERTIFICATE_DAYS=365
readonly RENEW_BEFORE_DAYS=30

ensure_adapter_certificate() {
  local folder="$WORK/certificate"
  mkdir -p "$folder"
  CERTIFICATE_IS_NEW=false
  read_adapter_certificate "$folder"
  if adapter_certificate_is_good "$folder"; then
    log adapter "the serving certificate is valid for more than $RENEW_BEFORE_DAYS days"
  else
    make_certificate "$folder"
    apply_stream "Secret prometheus-adapter-tls" < <(certificate_secret "$folder")
    CERTIFICATE_IS_NEW=true
  fi
}

read_adapter_certificate() { # FOLDER: leaves ca.crt and tls.crt there, empty where there is none
  local name text
  for name in ca.crt tls.crt; do
    text="$(ask -n prometheus get secret prometheus-adapter-tls --ignore-not-found -o "jsonpath={.data.${name/./\\.}}")"
    openssl base64 -d -A <<<"$text" >"$1/$name"
  done
}

adapter_certificate_is_good() { # FOLDER
  openssl x509 -in "$1/tls.crt" -noout -checkend $((RENEW_BEFORE_DAYS * 86400)) >/dev/null 2>&1 &&
    openssl verify -CAfile "$1/ca.crt" "$1/tls.crt" >/dev/null 2>&1 &&
    openssl x509 -in "$1/tls.crt" -noout -text 2>/dev/null | grep "DNS:$ADAPTER_HOST" >/dev/null
}

# The CA signs this one certificate. Its key is deleted with the temporary folder, so it cannot sign a second one.
# The configuration is a separate file because OpenSSL and macOS's LibreSSL then give the same result.
make_certificate() { # FOLDER: leaves ca.crt, tls.crt and tls.key there
  local folder="$1"
  log adapter "making a CA and a serving certificate for $ADAPTER_HOST ($CERTIFICATE_DAYS days)"
  cat >"$folder/openssl.cnf" <<CONFIG
[req]
distinguished_name = name
prompt = no
[name]
CN = $ADAPTER_HOST
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[serving]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:$ADAPTER_HOST, DNS:$ADAPTER_HOST.cluster.local
CONFIG
  (
    umask 077
    cd "$folder"
    openssl ecparam -name prime256v1 -genkey -noout -out ca.key &&
      openssl req -x509 -new -key ca.key -out ca.crt -days "$CERTIFICATE_DAYS" -subj "/CN=$ADAPTER_HOST CA" \
        -config openssl.cnf -extensions ca &&
      openssl ecparam -name prime256v1 -genkey -noout -out tls.key &&
      openssl req -new -key tls.key -out tls.csr -config openssl.cnf &&
      openssl x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days "$CERTIFICATE_DAYS" -out tls.crt \
        -extfile openssl.cnf -extensions serving
  ) >"$folder/openssl.log" 2>&1 || fail_step "openssl cannot make the adapter's certificate: $(last_line <"$folder/openssl.log")"
}

certificate_secret() { # FOLDER
  cat <<SECRET
apiVersion: v1
kind: Secret
metadata:
  name: prometheus-adapter-tls
  namespace: prometheus
  labels:
    app.kubernetes.io/name: prometheus-adapter
    app.kubernetes.io/component: metrics-adapter
    app.kubernetes.io/part-of: $PART_OF
type: kubernetes.io/tls
data:
  ca.crt: $(base64_of "$1/ca.crt")
  tls.crt: $(base64_of "$1/tls.crt")
  tls.key: $(base64_of "$1/tls.key")
SECRET
}

# The only value in the manifests that is made at run time. The file in the tree does not have it.
add_ca_bundle() { # FOLDER: of ca.crt
  local file="$RENDERED/apiservice/prometheus_k8s/adapter-apiservice.yaml"
  awk -v bundle="$(base64_of "$1/ca.crt")" \
    '/^ *caBundle:/ {next} {print} /^spec:/ {print "  caBundle: " bundle}' "$file" >"$file.new"
  mv "$file.new" "$file"
}

ensure_grafana_password() {
  local known
  known="$(ask -n grafana get secret grafana-admin --ignore-not-found -o name)"
  if [[ -n "$known" ]]; then return 0; fi
  log grafana "making a password for the user admin"
  apply_stream "Secret grafana-admin" <<SECRET
apiVersion: v1
kind: Secret
metadata:
  name: grafana-admin
  namespace: grafana
  labels:
    app.kubernetes.io/name: grafana
    app.kubernetes.io/component: dashboards
    app.kubernetes.io/part-of: $PART_OF
type: Opaque
data:
  admin-password: $(openssl rand -hex 20 | tr -d '\n' | openssl base64 -A)
SECRET
}

base64_of() { # FILE: on one line; openssl and the versions of base64 wrap lines differently
  openssl base64 -A -in "$1"
}
