#ifdef __cplusplus
extern "C" {
#endif
int square(int side);
int cube(int side);
#ifdef __cplusplus
}
#endif
