// The oracle checks what the services made with the transparency log of Go's module mirror: sumdb/tlog and
// sumdb/note, which share nothing with this project's code. It reads questions from standard input, one JSON
// object, and answers with one.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight is that of C2SP tlog-tiles.
const tileHeight = 8

type question struct {
	// Kind is "note", "record", "tree" or "tile".
	Kind string
	// Note is a signed note, Keys the verifier keys of logs and cosigners.
	Note string
	Keys []string
	// A record proof shows that Entry is at Index in the tree of Size and Root, a tree proof that the tree of
	// OldSize and OldRoot is the beginning of it.
	Proof         [][]byte
	Entry         []byte
	Index         int64
	Size, OldSize int64
	Root, OldRoot []byte
	Level         int
	Hashes        []byte
}

type answer struct {
	// Error says why not; empty: it is so.
	Error string
	// Signers are the names of the keys that signed the note.
	Signers []string
}

type examination struct {
	// Entries of the whole log, from which the tree is computed anew.
	Entries   [][]byte
	Questions []question
}

type report struct {
	// Root is that of the tree of all entries.
	Root    []byte
	Answers []answer
}

// cosigner verifies C2SP tlog-cosignatures, of signature type 4, for package note.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }
func (c cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, text)
	return ed25519.Verify(c.key, []byte(message), signature[8:])
}

func newVerifier(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("malformed key")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != 4 {
		return note.NewVerifier(vkey)
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, errors.New("the key's id is not its hash")
	}
	return cosigner{parts[0], hash, key[1:]}, nil
}

func openNote(q question) ([]string, error) {
	var verifiers []note.Verifier
	for _, key := range q.Keys {
		verifier, err := newVerifier(key)
		if err != nil {
			return nil, err
		}
		verifiers = append(verifiers, verifier)
	}
	opened, err := note.Open([]byte(q.Note), note.VerifierList(verifiers...))
	if err != nil {
		return nil, err
	}
	var signers []string
	for _, signature := range opened.Sigs {
		signers = append(signers, signature.Name)
	}
	return signers, nil
}

func toHash(bytes []byte) (hash tlog.Hash, err error) {
	if len(bytes) != tlog.HashSize {
		return hash, errors.New("not 32 bytes")
	}
	copy(hash[:], bytes)
	return hash, nil
}

func toProof(hashes [][]byte) ([]tlog.Hash, error) {
	var proof []tlog.Hash
	for _, bytes := range hashes {
		hash, err := toHash(bytes)
		if err != nil {
			return nil, err
		}
		proof = append(proof, hash)
	}
	return proof, nil
}

func checkProof(q question) error {
	proof, err := toProof(q.Proof)
	if err != nil {
		return err
	}
	root, err := toHash(q.Root)
	if err != nil {
		return err
	}
	if q.Kind == "record" {
		return tlog.CheckRecord(proof, q.Size, root, q.Index, tlog.RecordHash(q.Entry))
	}
	oldRoot, err := toHash(q.OldRoot)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, q.Size, root, q.OldSize, oldRoot)
}

// tree is a log in the order in which tlog stores hashes.
type tree []tlog.Hash

func (t tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, index := range indexes {
		if index >= int64(len(t)) {
			return nil, errors.New("beyond the tree")
		}
		hashes = append(hashes, t[index])
	}
	return hashes, nil
}

func newTree(entries [][]byte) (tree, error) {
	var t tree
	for i, entry := range entries {
		hashes, err := tlog.StoredHashes(int64(i), entry, t)
		if err != nil {
			return nil, err
		}
		t = append(t, hashes...)
	}
	return t, nil
}

func (t tree) checkTile(q question) error {
	data, err := tlog.ReadTileData(tlog.Tile{H: tileHeight, L: q.Level, N: q.Index, W: 1 << tileHeight}, t)
	if err != nil {
		return err
	}
	if !bytes.Equal(data, q.Hashes) {
		return errors.New("other hashes")
	}
	return nil
}

func (t tree) answer(q question) (a answer) {
	var err error
	switch q.Kind {
	case "note":
		a.Signers, err = openNote(q)
	case "record", "tree":
		err = checkProof(q)
	case "tile":
		err = t.checkTile(q)
	default:
		err = errors.New("no such question")
	}
	if err != nil {
		a.Error = err.Error()
	}
	return a
}

func examine() error {
	var asked examination
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return err
	}
	t, err := newTree(asked.Entries)
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(int64(len(asked.Entries)), t)
	if err != nil {
		return err
	}
	told := report{Root: root[:]}
	for _, q := range asked.Questions {
		told.Answers = append(told.Answers, t.answer(q))
	}
	return json.NewEncoder(os.Stdout).Encode(told)
}

func main() {
	if err := examine(); err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}
